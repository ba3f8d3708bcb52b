import type { RecordedEvent } from '../../src/messages';
import type { EventStore, NewEvent, StreamAppend, StreamName } from '../../src/store';

export const range = (from: number, until: number): number[] =>
  Array.from({ length: until - from + 1 }, (_, index) => from + index);

/** Follows a store in the background and keeps what it is given, in order. */
export function following(store: EventStore): RecordedEvent[] {
  const seen: RecordedEvent[] = [];
  void (async () => {
    for await (const page of store.subscribe()) seen.push(...page);
  })();
  return seen;
}

export const stream = (aggregateId: string, aggregateName = 'Todo'): StreamName => ({ aggregateName, aggregateId });

export const happened = (payload: object = {}, more: Partial<NewEvent> = {}): NewEvent => ({
  name: 'Happened',
  payload,
  ...more,
});

export const to = (id: string, expected: StreamAppend['expected'], ...events: NewEvent[]): StreamAppend => ({
  stream: stream(id),
  expected,
  events: events.length > 0 ? events : [happened()],
});
