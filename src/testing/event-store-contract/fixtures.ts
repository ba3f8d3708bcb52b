import assert from 'node:assert/strict';
import type { RecordedEvent } from '../../messages';
import type { EventStore, ExpectedVersion, NewEvent, StreamAppend, StreamName } from '../../store';

/** Names a stream of the suite. */
export const streamOf = (aggregateId: string, aggregateName = 'Thing'): StreamName => ({ aggregateName, aggregateId });

/** Makes an event; `more` adds an id, metadata, a schema version. */
export const happened = (payload: object = {}, more: Partial<NewEvent> = {}): NewEvent => ({
  name: 'Happened',
  payload,
  ...more,
});

/** Makes events that are numbered in their payloads. */
export const numbered = (count: number, first = 1): NewEvent[] =>
  Array.from({ length: count }, (_, index) => happened({ n: first + index }));

/** Makes the append to one stream. */
export const to = (stream: StreamName, expected: ExpectedVersion, ...events: readonly NewEvent[]): StreamAppend => ({
  stream,
  expected,
  events,
});

/** Appends to one stream in any state, and makes sure that it went through. */
export const write = (
  store: EventStore,
  stream: StreamName,
  ...events: readonly NewEvent[]
): Promise<readonly RecordedEvent[]> => appended(store, [to(stream, 'any', ...events)]);

/** Appends, and makes sure that it went through. */
export async function appended(store: EventStore, appends: readonly StreamAppend[]): Promise<readonly RecordedEvent[]> {
  const outcome = await store.append(appends);
  if (!outcome.ok) assert.fail(`conflicts where none should be: ${JSON.stringify(outcome.conflicts)}`);
  return outcome.events;
}

/** Reads the whole store, page by page. */
export async function everything(store: EventStore): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for (;;) {
    const after = events.at(-1)?.position ?? 0n;
    const page = await store.readAll({ after });
    if (page.length === 0) return events;
    assert.ok(page.at(-1)!.position > after, `readAll after position ${after} does not get on`);
    events.push(...page);
  }
}

/** Takes events from a subscription until there are so many, then leaves it. Fails on an empty page. */
export async function take(pages: AsyncIterable<readonly RecordedEvent[]>, count: number): Promise<RecordedEvent[]> {
  const taken: RecordedEvent[] = [];
  for await (const page of pages) {
    assert.ok(page.length > 0, 'a page without events was yielded');
    taken.push(...page);
    if (taken.length >= count) break;
  }
  return taken;
}

/** Starts work that the check awaits later, without an unhandled rejection if the check fails before that. */
export function started<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined);
  return work;
}

/**
 * Makes sure that a call is refused, by throwing or by rejecting, with the code given; returns the error. `what` was to
 * be refused.
 */
export async function refused(
  code: string,
  call: () => unknown,
  what = 'the call',
): Promise<Error & Record<string, unknown>> {
  try {
    await call();
  } catch (error) {
    assert.equal((error as { code?: unknown }).code, code, `${what} is refused, but not with ${code}: ${error}`);
    return error as Error & Record<string, unknown>;
  }
  return assert.fail(`${what} should have been refused with ${code}`);
}

/** Makes sure that a store holds no event. */
export async function assertEmpty(store: EventStore): Promise<void> {
  assert.deepEqual(await store.readAll(), [], 'something was written');
}

/** Checks that a value is frozen, however deep. */
export function assertFrozen(value: unknown, path: string): void {
  if (typeof value !== 'object' || value === null) return;
  assert.ok(Object.isFrozen(value), `${path} can be changed`);
  for (const [key, inner] of Object.entries(value)) assertFrozen(inner, `${path}.${key}`);
}

/** Makes sure that positions ascend. */
export function assertAscending(events: readonly RecordedEvent[]): void {
  for (const [index, { position }] of events.entries()) {
    assert.equal(typeof position, 'bigint', 'a position is a bigint');
    assert.ok(
      position > (events[index - 1]?.position ?? 0n),
      `position ${position} comes after ${events[index - 1]?.position ?? 0n}`,
    );
  }
}

/** Makes sure that the events are those of one whole stream: versions from 1 without gaps. */
export function assertWithoutGaps(events: readonly RecordedEvent[], count: number): void {
  assert.deepEqual(
    events.map(({ version }) => version),
    Array.from({ length: count }, (_, index) => index + 1),
  );
}

/** The number that {@link numbered} gave an event. */
export const numberOf = ({ payload }: RecordedEvent): unknown => (payload as { n?: unknown }).n;

/** The numbers from one to another. */
export const range = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);
