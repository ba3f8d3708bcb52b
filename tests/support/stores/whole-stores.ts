import { type EventStore, exportEvents, type RecordedEvent } from '../../../src';

/** Reads a whole store, page by page. */
export async function everything(store: EventStore): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for (let after = 0n; ; after = events.at(-1)!.position) {
    const page = await store.readAll({ after });
    if (page.length === 0) return events;
    events.push(...page);
  }
}

/** Exports a whole store. */
export async function exported(store: EventStore, after?: bigint): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of exportEvents(store, after === undefined ? {} : { after })) lines.push(line);
  return lines;
}

/** Appends so many events to some streams, with what is difficult in their data. */
export async function fill(store: EventStore, count: number): Promise<void> {
  const streams = Array.from({ length: 7 }, (_, index) => ({
    aggregateName: index % 2 ? 'Ding "ß"' : 'Thing',
    aggregateId: `id ${index}\n`,
  }));
  for (let n = 1; n <= count; n++) {
    const payload = {
      n,
      text: 'Größe 日本 😀 \u2028 "\\',
      at: '2020-02-29',
      list: [null, -1.5e-7, 2 ** 53, { '': true }],
    };
    const metadata = {
      correlationId: `c${n}`,
      causationId: 'cause',
      commandName: 'Do',
      actor: { name: 'ann', roles: ['a'] },
    };
    const marks = n % 2 ? { deleted: true as const } : { state: payload };
    const events = [
      {
        name: n % 3 ? 'Happened' : 'Other',
        payload,
        ...(n % 5 ? { metadata } : {}),
        schemaVersion: 1 + (n % 4),
        ...(n % 11 ? {} : { marks }),
      },
    ];
    await store.append([{ stream: streams[n % 7]!, expected: 'any', events }]);
  }
}
