import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import fs, {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buildSync } from 'esbuild';
import { bootstrap } from 'eventuality';
import { eventStoreContract } from 'eventuality/testing';
import { CreateTodo } from '../todo/domain';
import { TodoModule } from '../todo/module';
import { AllTodos, TodoList } from '../todo/todo-list';
import { JsonLinesEventStore } from './json-lines-event-store';
import { DamagedFileError } from './lines-file';
import { FileInUseError } from './lock-file';

const folder = mkdtempSync(join(tmpdir(), 'eventuality-json-lines-'));
let files = 0;
const newFile = (): string => join(folder, `${++files}.jsonl`);

afterAll(() => rmSync(folder, { recursive: true }));

const stream = { aggregateName: 'Todo', aggregateId: '1' };
const append = (store: JsonLinesEventStore, ...names: string[]) =>
  store.append([{ stream, expected: 'any', events: names.map(name => ({ name, payload: { name } })) }]);
const namesIn = async (store: JsonLinesEventStore): Promise<string[]> =>
  (await store.readAll()).map(({ name }) => name);

/** Returns a file with the events A, B and C, appended one by one. */
async function written(): Promise<string> {
  const file = newFile();
  const store = JsonLinesEventStore.open(file);
  for (const name of ['A', 'B', 'C']) await append(store, name);
  await store.close();
  return file;
}

describe('the contract of an event store', () => {
  const paths = new WeakMap<object, string>();
  const open = (path = newFile()): JsonLinesEventStore => {
    const store = JsonLinesEventStore.open(path);
    paths.set(store, path);
    return store;
  };
  const cases = eventStoreContract({
    open: () => open(),
    restores: true,
    async reopen(store) {
      await store.close();
      return open(paths.get(store));
    },
  });
  for (const { name, run } of cases) test(name, run);
});

describe('a file opened again', () => {
  test('gives the same events, positions and versions', async () => {
    const file = newFile();
    const store = JsonLinesEventStore.open(file);
    await append(store, 'A', 'B');
    await append(store, 'C');
    const before = await store.readAll();
    await store.close();
    const again = JsonLinesEventStore.open(file);
    expect(await again.readAll()).toEqual(before);
    await again.close();
    expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(2);
  });

  test('is not made before there is something to keep', async () => {
    const file = newFile();
    await JsonLinesEventStore.open(file).close();
    expect(existsSync(file)).toBe(false);
  });

  test('has lost an append that was cut off anywhere in its line as a whole, and goes on without it', async () => {
    const whole = readFileSync(await written());
    const lastLine = whole.lastIndexOf('\n', whole.length - 2) + 1;
    for (const length of [lastLine, lastLine + 1, lastLine + 40, whole.length - 2, whole.length - 1]) {
      const file = newFile();
      writeFileSync(file, whole);
      truncateSync(file, length);
      const store = JsonLinesEventStore.open(file);
      expect(await namesIn(store)).toEqual(['A', 'B']);
      await append(store, 'D');
      await store.close();
      const again = JsonLinesEventStore.open(file);
      expect((await again.readAll()).map(({ name, version, position }) => [name, version, position])).toEqual([
        ['A', 1, 1n],
        ['B', 2, 2n],
        ['D', 3, 3n],
      ]);
      await again.close();
    }
  });
});

describe('a damaged file', () => {
  const line = (change: (event: any) => unknown) => (text: string) => JSON.stringify([change(JSON.parse(text)[0])]);

  test.each<[string, (text: string) => string | Buffer]>([
    ['no JSON', () => 'damaged'],
    ['empty', () => ''],
    ['no list', () => '{}'],
    ['a list of something else', () => '[null]'],
    ['an event without a payload', line(({ payload, ...event }) => event)],
    ['an event without a name', line(({ name, ...event }) => event)],
    ['an event without an id', line(({ id, ...event }) => event)],
    ['an event without a date', line(({ recordedAt, ...event }) => event)],
    ['an event whose position is no number', line(event => ({ ...event, position: 'x' }))],
    ['an event of another version', line(event => ({ ...event, version: 5 }))],
    [
      'an event with bytes that are no UTF-8',
      text => Buffer.from(text.replace('{"name":"B"}', '{"name":"\xff"}'), 'latin1'),
    ],
  ])('is refused with the number of the line, and left as it is: %s', async (_, damage) => {
    const file = await written();
    const lines = readFileSync(file, 'utf8').split('\n');
    const damaged = Buffer.concat(
      lines.flatMap((text, index) => [Buffer.from(index === 1 ? damage(text) : text), Buffer.from('\n')]).slice(0, -1),
    );
    writeFileSync(file, damaged);
    for (let attempt = 0; attempt < 2; attempt++) {
      expect(() => JsonLinesEventStore.open(file)).toThrow(DamagedFileError);
      expect(() => JsonLinesEventStore.open(file)).toThrow(`Line 2 of ${file} is damaged. Restore the file`);
    }
    expect(readFileSync(file)).toEqual(damaged);
  });

  test('is refused when a line is there twice', async () => {
    const file = await written();
    appendFileSync(file, readFileSync(file));
    expect(() => JsonLinesEventStore.open(file)).toThrow(`Line 4 of ${file} is damaged.`);
  });
});

describe('an append that cannot be written', () => {
  afterEach(() => jest.restoreAllMocks());

  const failure = Object.assign(new Error('ENOSPC: no space left on device, write'), {
    code: 'ENOSPC',
    syscall: 'write',
  });
  const fail = (): never => {
    throw failure;
  };
  const { writeSync } = fs;
  const writeHalf = (file: number, bytes: Uint8Array, from: number, _length: number, position: number): number => {
    writeSync(file, bytes, from, 20, position);
    return fail();
  };

  test.each<[string, () => void]>([
    ['a full disk', () => jest.spyOn(fs, 'writeSync').mockImplementationOnce(writeHalf as typeof fs.writeSync)],
    ['a disk that fails when it is flushed', () => jest.spyOn(fs, 'fsyncSync').mockImplementationOnce(fail)],
    ['a file that cannot be opened', () => jest.spyOn(fs, 'openSync').mockImplementationOnce(fail)],
  ])('is not acknowledged, not kept in memory and not found later: %s', async (_, arrange) => {
    const file = await written();
    const store = JsonLinesEventStore.open(file);
    arrange();
    await expect(append(store, 'lost')).rejects.toBe(failure);
    expect(await namesIn(store)).toEqual(['A', 'B', 'C']);
    expect(readFileSync(file, 'utf8')).not.toContain('lost');
    expect(await append(store, 'D')).toMatchObject({ ok: true, events: [{ version: 4, position: 4n }] });
    await store.close();
    const again = JsonLinesEventStore.open(file);
    expect(await namesIn(again)).toEqual(['A', 'B', 'C', 'D']);
    await again.close();
  });

  test('is cut off before the next one when it could not be cut off at once', async () => {
    const file = await written();
    const store = JsonLinesEventStore.open(file);
    jest.spyOn(fs, 'fsyncSync').mockImplementationOnce(() => {
      jest.spyOn(fs, 'ftruncateSync').mockImplementationOnce(fail);
      return fail();
    });
    await expect(append(store, 'lost', 'lost')).rejects.toBe(failure);
    await append(store, 'D');
    await store.close();
    const again = JsonLinesEventStore.open(file);
    expect(await namesIn(again)).toEqual(['A', 'B', 'C', 'D']);
    await again.close();
  });

  test('is written to its end where the disk takes it piece by piece', async () => {
    const file = newFile();
    const store = JsonLinesEventStore.open(file);
    const pieces = ((handle: number, bytes: Uint8Array, from: number, length: number, position: number): number =>
      writeSync(handle, bytes, from, Math.min(7, length), position)) as typeof fs.writeSync;
    jest.spyOn(fs, 'writeSync').mockImplementation(pieces);
    await append(store, 'Größe', '日本');
    jest.restoreAllMocks();
    await store.close();
    const again = JsonLinesEventStore.open(file);
    expect(await namesIn(again)).toEqual(['Größe', '日本']);
    await again.close();
  });
});

describe('a file in use', () => {
  test('is refused to everybody else until it is closed', async () => {
    const file = newFile();
    const store = JsonLinesEventStore.open(file);
    expect(() => JsonLinesEventStore.open(file)).toThrow(FileInUseError);
    expect(() => JsonLinesEventStore.open(file)).toThrow(`The file ${file} is in use by process ${process.pid}.`);
    await store.close();
    const next = JsonLinesEventStore.open(file);
    await store.close();
    expect(() => JsonLinesEventStore.open(file)).toThrow(FileInUseError);
    await next.close();
  });

  test('is free again when the process that used it was killed', async () => {
    const file = newFile();
    const gone = spawnSync(process.execPath, ['-e', '']).pid;
    writeFileSync(`${file}.lock`, String(gone));
    const store = JsonLinesEventStore.open(file);
    await append(store, 'A');
    await store.close();
    expect(existsSync(`${file}.lock`)).toBe(false);
  });

  test('is refused as long as the other process lives', async () => {
    const file = newFile();
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    writeFileSync(`${file}.lock`, String(other.pid));
    expect(() => JsonLinesEventStore.open(file)).toThrow(`in use by process ${other.pid}`);
    other.kill('SIGKILL');
    await new Promise(resolve => other.once('exit', resolve));
    await JsonLinesEventStore.open(file).close();
  });
});

test('what a store has acknowledged is there after its process was killed', async () => {
  const contents = `
    import { JsonLinesEventStore } from './json-lines-event-store';
    const store = JsonLinesEventStore.open(process.argv[2]);
    const events = ['a', 'b'].map(letter => ({ name: 'TodoRenamed', payload: { description: letter.repeat(500) } }));
    (async () => {
      for (;;) {
        const outcome = await store.append([{ stream: { aggregateName: 'Todo', aggregateId: '1' }, expected: 'any', events }]);
        process.stdout.write(outcome.events.at(-1).version + '\\n');
        await new Promise(setImmediate);
      }
    })();`;
  const [file, program] = [newFile(), join(folder, 'program.js')];
  buildSync({
    stdin: { contents, resolveDir: __dirname },
    outfile: program,
    bundle: true,
    platform: 'node',
    logLevel: 'error',
  });
  for (const afterLines of [1, 5, 20]) {
    const child = spawn(process.execPath, [program, file]);
    const acknowledged = await killAfter(child, afterLines);
    const store = JsonLinesEventStore.open(file);
    const [last, ...unheardOf] = await store.read({ aggregateName: 'Todo', aggregateId: '1' }, { from: acknowledged });
    expect(last).toMatchObject({ version: acknowledged, payload: { description: 'b'.repeat(500) } });
    // One append can be stored without its acknowledgement having been heard; never a half of it.
    expect(unheardOf.length % 2).toBe(0);
    await store.close();
  }
}, 60_000);

/** Kills a process when it has written so many lines; returns the number on the last line it wrote. */
async function killAfter(child: ChildProcess, lines: number): Promise<number> {
  const ended = new Promise(resolve => child.once('exit', resolve));
  let [seen, last] = [0, 0];
  for await (const line of createInterface({ input: child.stdout! })) {
    last = Number(line);
    if (++seen === lines) child.kill('SIGKILL');
  }
  await ended;
  return last;
}

test('a file of lines keeps the events only: the list is made again when it is opened', async () => {
  const file = newFile();
  const open = () => bootstrap(TodoModule, { eventStore: JsonLinesEventStore.open(file) });
  const first = await open();
  await first.dispatch(new CreateTodo('1', 'Buy milk'));
  await first.dispatch(new CreateTodo('2', 'Write'), { waitFor: [TodoList] });
  const list = await first.query(new AllTodos());
  expect(list.map(({ description }) => description)).toEqual(['Buy milk', 'Write']);
  await first.close();
  const again = await open();
  await again.processors.settled();
  expect(await again.query(new AllTodos())).toEqual(list);
  await again.close();
});
