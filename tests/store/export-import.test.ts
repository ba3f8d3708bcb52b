import { createReadStream, createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { type EventStore, exportEvents, type ImportReport, InMemoryEventStore, importEvents } from '../../src';
import { sqlite } from '../../src/adapters/sqlite';
import { CustomEventStore } from '../../src/store-kit';
import { TestSchema } from '../support/stores/schema';
import { everything, exported, fill } from '../support/stores/whole-stores';

const folder = mkdtempSync(join(tmpdir(), 'eventuality-export-'));
const schema = new TestSchema(__filename);
afterAll(() => rmSync(folder, { recursive: true }));

async function filled(count: number): Promise<InMemoryEventStore> {
  const store = new InMemoryEventStore();
  await fill(store, count);
  return store;
}

test('memory, SQLite, PostgreSQL and memory again have equal events, and go on behind them', async () => {
  const stores: EventStore[] = [
    await filled(1234),
    sqlite(join(folder, 'round-trip.db')),
    schema.open(),
    new InMemoryEventStore(),
  ];
  const before = await everything(stores[0]!);
  for (const [index, store] of stores.slice(1).entries()) {
    const report = await importEvents(store, exportEvents(stores[index]!));
    expect(report).toEqual({ imported: 1234, skipped: 0, position: 1234n });
    expect(await everything(store)).toEqual(before);
  }
  for (const store of stores) {
    const { aggregateName, aggregateId, version } = before.at(-1)!;
    const outcome = await store.append([
      { stream: { aggregateName, aggregateId }, expected: version, events: [{ name: 'After', payload: {} }] },
    ]);
    expect(outcome).toMatchObject({ ok: true, events: [{ position: 1235n, version: version + 1 }] });
    await store.close();
  }
});

describe('export', () => {
  test('gives a line for each event with all that is known of it', async () => {
    const store = await filled(2);
    const [first, second] = await exported(store);
    const [event] = await everything(store);
    expect(first!.endsWith('}\n')).toBe(true);
    expect(JSON.parse(first!)).toEqual({ ...event, position: '1' });
    expect(Object.keys(JSON.parse(second!))).toEqual([
      ...[
        'position',
        'id',
        'aggregateName',
        'aggregateId',
        'version',
        'name',
        'schemaVersion',
        'recordedAt',
        'metadata',
        'payload',
      ],
    ]);
  });

  test('names the marks of an event where it has any', async () => {
    const store = await filled(11);
    const [event] = (await everything(store)).slice(10);
    expect(event!.marks).toEqual({ deleted: true });
    expect(JSON.parse((await exported(store, 10n))[0]!)).toEqual({ ...event, position: '11' });
  });

  test('goes on after a position, over pages, and gives nothing of an empty store', async () => {
    const store = await filled(350);
    const all = await exported(store);
    expect(all).toHaveLength(350);
    expect(await exported(store, 120n)).toEqual(all.slice(120));
    expect(await exported(store, 350n)).toEqual([]);
    expect(await exported(new InMemoryEventStore())).toEqual([]);
  });

  test('works with a store that has nothing but the port', async () => {
    const memory = await filled(3);
    const store = new CustomEventStore({
      append: appends => memory.append(appends),
      readAll: page => memory.readAll(page),
    });
    expect(await exported(store)).toEqual(await exported(memory));
  });

  test('ends with the reason of its signal', async () => {
    const controller = new AbortController();
    const seen: string[] = [];
    const exporting = async (): Promise<void> => {
      for await (const line of exportEvents(await filled(250), { signal: controller.signal })) {
        if (seen.push(line) === 150) controller.abort(new Error('enough'));
      }
    };
    await expect(exporting()).rejects.toThrow('enough');
    expect(seen).toHaveLength(150);
  });

  test('reads on only when it is asked', async () => {
    const memory = await filled(1000);
    let pages = 0;
    const store = new CustomEventStore({
      append: appends => memory.append(appends),
      readAll: page => {
        pages++;
        return memory.readAll(page);
      },
    });
    for await (const _ of exportEvents(store)) break;
    expect(pages).toBe(1);
  });
});

describe('import', () => {
  test('takes a file, with line breaks of Windows, a byte order mark and blank lines', async () => {
    const source = await filled(700);
    const file = join(folder, 'windows.jsonl');
    await pipeline(exportEvents(source), createWriteStream(file));
    writeFileSync(file, `\ufeff${readFileSync(file, 'utf8').replaceAll('\n', '\r\n')}\r\n\r\n`);
    const store = new InMemoryEventStore();
    expect(await importEvents(store, createReadStream(file))).toEqual({ imported: 700, skipped: 0, position: 700n });
    expect(await everything(store)).toEqual(await everything(source));
  });

  test('takes lines however they are cut, as text or as bytes, with or without their line breaks', async () => {
    const source = await filled(19);
    const tricky = { name: 'Tricky', payload: { text: 'a } "quoted\\" {{ \\', nested: { '}': '{' }, list: [{}, []] } };
    await source.append([
      { stream: { aggregateName: 'Tricky', aggregateId: '1' }, expected: 'none', events: [tricky] },
    ]);
    const text = (await exported(source)).join('');
    const bytes = Buffer.from(text);
    const file = join(folder, 'cut.jsonl');
    writeFileSync(file, text.trimEnd());
    const marked = join(folder, 'marked.jsonl');
    writeFileSync(marked, `\ufeff${text}`);
    const forms: Record<string, () => Parameters<typeof importEvents>[1]> = {
      'bytes one by one': () => Array.from(bytes, byte => Uint8Array.of(byte)),
      'characters one by one': () => [...text],
      'bytes in pieces of 7': () =>
        Array.from({ length: Math.ceil(bytes.length / 7) }, (_, n) => bytes.subarray(n * 7, n * 7 + 7)),
      'all in one': () => [text],
      'a list of lines': () => text.trimEnd().split('\n'),
      readline: () => createInterface({ input: createReadStream(file) }),
      'a stream of text': () => createReadStream(file, { encoding: 'utf8', highWaterMark: 50 }),
      'a file without its last line break': () => Readable.from([bytes.subarray(0, -1)]),
      'line breaks apart': () => text.split(/(\n)/),
      'a byte order mark before text': () => [`\ufeff${text}`],
      'a byte order mark alone': () => ['\ufeff', text],
      'a list of lines with a byte order mark': () => `\ufeff${text.trimEnd()}`.split('\n'),
      'readline, with a byte order mark': () => createInterface({ input: createReadStream(marked) }),
      'bytes one by one, with a byte order mark': () =>
        Array.from(Buffer.from(`\ufeff${text}`), byte => Uint8Array.of(byte)),
      'braces, quotes and backslashes in pieces of 3': () => text.match(/[\s\S]{1,3}/g)!,
    };
    for (const [form, lines] of Object.entries(forms)) {
      const store = new InMemoryEventStore();
      expect([form, await importEvents(store, lines())]).toEqual([form, { imported: 20, skipped: 0, position: 20n }]);
      expect(await everything(store)).toEqual(await everything(source));
    }
  });

  test('is told of its progress, batch by batch, and skips what is there when it is repeated', async () => {
    const lines = await exported(await filled(1100));
    const store = new InMemoryEventStore();
    const reports: ImportReport[] = [];
    await importEvents(store, lines.slice(0, 700));
    await importEvents(store, lines, { progress: report => reports.push(report) });
    expect(reports).toEqual([
      { imported: 0, skipped: 500, position: 500n },
      { imported: 300, skipped: 700, position: 1000n },
      { imported: 400, skipped: 700, position: 1100n },
    ]);
    expect(await importEvents(store, lines)).toEqual({ imported: 0, skipped: 1100, position: 1100n });
    expect(await importEvents(store, [])).toEqual({ imported: 0, skipped: 0, position: 0n });
  });

  test('says how far its lines have come, also where the target holds more', async () => {
    const lines = await exported(await filled(20));
    const store = new InMemoryEventStore();
    await importEvents(store, lines);
    expect(await importEvents(store, lines.slice(0, 10))).toEqual({ imported: 0, skipped: 10, position: 10n });
  });

  test('goes on with what a later export gives', async () => {
    const source = await filled(10);
    const store = new InMemoryEventStore();
    const { position } = await importEvents(store, exportEvents(source));
    await fill(source, 5);
    expect(await importEvents(store, exportEvents(source, { after: position }))).toEqual({
      imported: 5,
      skipped: 0,
      position: 15n,
    });
    expect(await everything(store)).toEqual(await everything(source));
  });

  test('holds few lines at a time, however many there are', async () => {
    const source = await filled(3000);
    let ahead = 0;
    async function* lines(): AsyncGenerator<string> {
      for await (const line of exportEvents(source)) {
        ahead++;
        yield line;
      }
    }
    const most: number[] = [];
    let done = 0;
    await importEvents(new InMemoryEventStore(), lines(), {
      progress: ({ imported }) => {
        most.push(ahead - done);
        done = imported;
      },
    });
    expect(Math.max(...most)).toBeLessThanOrEqual(501);
  });

  test('writes large events in smaller batches', async () => {
    const source = new InMemoryEventStore();
    const events = Array.from({ length: 12 }, () => ({ name: 'Large', payload: { text: 'x'.repeat(900_000) } }));
    await source.append([{ stream: { aggregateName: 'Thing', aggregateId: '1' }, expected: 'none', events }]);
    const positions: bigint[] = [];
    const store = sqlite(':memory:');
    await importEvents(store, exportEvents(source), { progress: ({ position }) => positions.push(position) });
    expect(positions).toEqual([4n, 8n, 12n]);
    await store.close();
  });

  test('ends with the reason of its signal, also while it waits for lines; what was written stays', async () => {
    const lines = await exported(await filled(600));
    const controller = new AbortController();
    async function* slow(): AsyncGenerator<string> {
      yield* lines;
      await pause(60_000, undefined, { ref: false });
    }
    const store = new InMemoryEventStore();
    const importing = importEvents(store, slow(), { signal: controller.signal });
    setTimeout(() => controller.abort(new Error('enough')), 50);
    await expect(importing).rejects.toThrow('enough');
    expect(await everything(store)).toHaveLength(500);
    expect(await importEvents(store, lines)).toMatchObject({ imported: 100, skipped: 500 });
    await expect(importEvents(store, lines, { signal: controller.signal })).rejects.toThrow('enough');
  });

  test('leaves its source when it fails', async () => {
    let left = false;
    async function* lines(): AsyncGenerator<string> {
      try {
        for (;;) yield 'damaged\n';
      } finally {
        left = true;
      }
    }
    const { signal } = new AbortController();
    await expect(importEvents(new InMemoryEventStore(), lines())).rejects.toMatchObject({ code: 'INVALID_IMPORT' });
    expect(left).toBe(true);
    left = false;
    await expect(importEvents(new InMemoryEventStore(), lines(), { signal })).rejects.toMatchObject({
      code: 'INVALID_IMPORT',
    });
    expect(left).toBe(true);
  });

  test('is refused for a store that cannot take events in as they are', async () => {
    const memory = new InMemoryEventStore();
    const store = new CustomEventStore({
      append: appends => memory.append(appends),
      readAll: page => memory.readAll(page),
    });
    await expect(importEvents(store, [])).rejects.toMatchObject({
      name: 'RestoreUnsupportedError',
      code: 'RESTORE_UNSUPPORTED',
    });
  });
});

describe('a wrong line is refused with its number, and nothing of its batch is written', () => {
  const change = (line: string, changes: object): string => `${JSON.stringify({ ...JSON.parse(line), ...changes })}\n`;

  test.each<[string, (line: string, lines: readonly string[]) => string | Buffer, RegExp]>([
    ['text that is cut off', line => `${line.slice(0, 40)}\n`, /it is not JSON \(.+\)\./],
    ['two events in one line', line => `${line.trim()}${line}`, /it is not JSON/],
    ['no event', () => '7\n', /it is 7, not an event\./],
    ['a list', () => '[]\n', /it is a list, not an event\./],
    ['null', () => 'null\n', /it is null, not an event\./],
    [
      'bytes that are not UTF-8',
      line => Buffer.from(line.replace('Größe', 'Gr\xf6\xdfe'), 'latin1'),
      /bytes that are not UTF-8/,
    ],
    [
      'a field that is unknown',
      line => change(line, { payloads: {} }),
      /'payloads' is not a field\. Did you mean 'payload'\?/,
    ],
    [
      'a position that is a number',
      line => change(line, { position: 3 }),
      /its position is 3; it must be text of decimal digits\./,
    ],
    ['an id that is none', line => change(line, { id: 'x' }), /its id is 'x'; it must be a UUID in lower case\./],
    ['a payload that is missing', line => change(line, { payload: undefined }), /an object/],
    ['a time that is none', line => change(line, { recordedAt: 'yesterday' }), /its recordedAt is 'yesterday'/],
    ['a key that is not allowed', line => line.replace('"payload":{', '"payload":{"__proto__":{},'), /__proto__/],
    ['a gap in a stream', (_, lines) => lines[509]!, /it is version 73 of .*, but version 72 must come next\./],
    [
      'a position that comes too late',
      line => change(line, { position: '1', id: '0'.repeat(8) + JSON.parse(line).id.slice(8) }),
      /must come after 502/,
    ],
    [
      'the id of another event',
      (line, lines) => change(line, { id: JSON.parse(lines[0]!).id }),
      /its id '.*' is that of version 1 of/,
    ],
  ])('%s', async (_, damage, fault) => {
    const lines = await exported(await filled(510));
    const store = new InMemoryEventStore();
    const damaged = [...lines.slice(0, 502), damage(lines[502]!, lines), ...lines.slice(503)];
    const pieces = Readable.from(damaged.map(line => (typeof line === 'string' ? Buffer.from(line) : line)));
    const failure = await importEvents(store, pieces).catch(error => error);
    expect(failure).toMatchObject({ name: 'InvalidImportError', code: 'INVALID_IMPORT', line: 503 });
    expect(failure.fault).toMatch(fault);
    expect(failure.message).toMatch(/^Line 503 cannot be imported: .*\. Correct the file and import it again/);
    expect(await everything(store)).toHaveLength(500);
    expect(await importEvents(store, lines)).toMatchObject({ imported: 10, skipped: 500 });
  });

  test('an event that is too large for the store', async () => {
    const lines = await exported(await filled(3));
    const store = sqlite(':memory:', { maxPayloadBytes: 1000 });
    const large = [...lines.slice(0, 2), change(lines[2]!, { payload: { text: 'x'.repeat(1000) } })];
    await expect(importEvents(store, large)).rejects.toMatchObject({
      line: 3,
      fault: expect.stringContaining('the limit is 1000'),
    });
    expect(await everything(store)).toEqual([]);
    await store.close();
  });

  test.each<[string, () => EventStore]>([
    ['SQLite', () => sqlite(':memory:', { maxPayloadBytes: 1000 })],
    ['PostgreSQL', () => schema.open({ maxPayloadBytes: 1000, tablePrefix: 'small_' })],
  ])('restore names the event that is too large for %s, and why', async (_, open) => {
    const [first, second] = await everything(await filled(2));
    const store = open();
    await expect(store.restore!([first!, { ...second!, payload: { text: 'x'.repeat(1000) } }])).rejects.toMatchObject({
      code: 'INVALID_RESTORE',
      index: 1,
      cause: { code: 'PAYLOAD_TOO_LARGE', limit: 1000 },
    });
    expect(await everything(store)).toEqual([]);
    await store.close();
  });

  test.each([
    ['a file that ends in the middle of a line', (text: string) => Buffer.from(text).subarray(0, -20), 3],
    ['a file that ends in the middle of a character', (text: string) => Buffer.from(`${text}ö`).subarray(0, -1), 4],
  ])('%s', async (_, cut, line) => {
    const text = (await exported(await filled(3))).join('');
    await expect(importEvents(new InMemoryEventStore(), [cut(text)])).rejects.toMatchObject({
      code: 'INVALID_IMPORT',
      line,
    });
  });

  test('what is neither text nor bytes', async () => {
    const bytes = Buffer.from((await exported(await filled(1))).join('')) as unknown as string;
    const fault = 'a piece of it is 123; pieces must be text or bytes.';
    await expect(importEvents(new InMemoryEventStore(), bytes)).rejects.toMatchObject({ line: 1, fault });
  });

  test.each<[string, (lines: readonly string[]) => Iterable<string | Uint8Array>, number]>([
    ['lines without line breaks', lines => [...lines, '{}'], 4],
    ['blank lines of a file', ([a, b, c]) => [`\n${a}\n \n\n${b}\n`, `${c}\n`, '\r\n', '{}\n'], 8],
    ['blank lines of a file in bytes', ([a, b, c]) => [Buffer.from(`\n${a}\r\n\r\n${b}\n${c}\n{}`)], 6],
    ['blank lines without line breaks', ([a, b, c]) => [a!, '', '  ', b!, c!, '', '{}'], 7],
    ['blank lines at the start, without line breaks', ([a, b, c]) => ['', '', a!, b!, c!, '{}'], 6],
    ['no lines where a piece is empty', ([a, b, c]) => [a!, '', '\n', '', `${b}\n`, '', `${c}`, '', '\n', '', '{}'], 4],
    [
      'blank lines whose line breaks come apart',
      ([a, b, c]) => [`${a}`, '\n', '', '\n', `${b}`, '\r', '\n', `${c}\n`, '{}'],
      5,
    ],
    ['no line where a byte order mark stands alone', lines => ['\ufeff', ...lines, '{}'], 4],
  ])('%s are counted', async (_, pieces, line) => {
    const lines = (await exported(await filled(3))).map(each => each.trim());
    await expect(importEvents(new InMemoryEventStore(), pieces(lines))).rejects.toMatchObject({ line });
  });
});

describe('an import looks at each character a limited number of times, however the pieces are cut', () => {
  /** Imports what is given, and returns how many characters were parsed, and how many were looked at one by one. */
  async function looks(work: () => Promise<void>): Promise<{ parsed: number; looked: number }> {
    const { parse } = JSON;
    const { charCodeAt } = String.prototype;
    const count = { parsed: 0, looked: 0 };
    JSON.parse = (text, reviver) => {
      count.parsed += text.length;
      return parse(text, reviver);
    };
    String.prototype.charCodeAt = function (index) {
      count.looked++;
      return charCodeAt.call(this, index);
    };
    try {
      await work();
    } finally {
      JSON.parse = parse;
      String.prototype.charCodeAt = charCodeAt;
    }
    return count;
  }

  test('one line of 1 MB that comes in pieces of 16 KB, each of which ends like an object', async () => {
    const source = new InMemoryEventStore();
    const payload = { text: `${'x'.repeat(16 * 1024 - 1)}}`.repeat(64) };
    await source.append([
      { stream: { aggregateName: 'Thing', aggregateId: '1' }, expected: 'none', events: [{ name: 'Large', payload }] },
    ]);
    const line = (await exported(source)).join('').trimEnd();
    const pieces = line.split(/(?<=\})/);
    expect(pieces.length).toBeGreaterThan(64);
    const { parsed, looked } = await looks(async () => {
      expect(await importEvents(new InMemoryEventStore(), pieces)).toMatchObject({ imported: 1 });
    });
    // Once as a line, and a few times as a payload. Were each piece a reason to begin anew, it would be 32 times.
    expect(parsed / line.length).toBeLessThan(4);
    expect(looked / line.length).toBeLessThan(4);
    expect(looked).toBeGreaterThanOrEqual(line.length);
  });

  test('1,000 lines without line breaks of which the first was cut off', async () => {
    const lines = (await exported(await filled(1000))).map(line => line.trim());
    const pieces = [lines[0]!.slice(0, 100), ...lines.slice(1)];
    const { parsed, looked } = await looks(() =>
      expect(importEvents(new InMemoryEventStore(), pieces)).rejects.toMatchObject({ line: 1 }),
    );
    const { length } = pieces.join('');
    expect(parsed / length).toBeLessThan(4);
    expect(looked / length).toBeLessThan(4);
  });
});
