import type { RecordedEvent } from '../../../src/messages';
import type { EventStore, StreamName } from '../../../src/store';

const AT_ONCE = 1000;

/** Writes a stream of so many events that count one each, and carry a text of this length. */
export async function writeLongStream(
  store: EventStore,
  aggregateId: string,
  events: number,
  textLength: number,
): Promise<void> {
  const stream = { aggregateName: 'Counter', aggregateId };
  for (let version = 0; version < events; version += AT_ONCE) {
    const page = Array.from({ length: AT_ONCE }, (_, n) => ({
      name: 'Counted',
      payload: { by: 1, text: `${version + n}`.padEnd(textLength, '.') },
    }));
    const outcome = await store.append([{ stream, expected: version, events: page }]);
    if (!outcome.ok) throw new Error(`a conflict at version ${version}`);
  }
}

/** Reads a whole stream into memory. */
export async function everyEvent(store: EventStore, stream: StreamName): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for (;;) {
    const page = await store.read(stream, { from: events.length + 1 });
    if (page.length === 0) return events;
    events.push(...page);
  }
}
