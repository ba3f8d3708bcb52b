import type { EventualityError, RecordedEvent } from '../../src/messages';
import { type EventStore, ForwardingEventStore, InMemoryEventStore, KnownHistory } from '../../src/store';
import { to } from '../support/events';

/** A store whose events can be replaced. */
class Replaceable extends ForwardingEventStore {
  protected override inner: EventStore = new InMemoryEventStore();

  constructor() {
    super(new InMemoryEventStore());
  }

  replace(): void {
    this.inner = new InMemoryEventStore();
  }

  async happen(): Promise<RecordedEvent> {
    const outcome = await this.append([to('a', 'any')]);
    if (!outcome.ok) throw new Error('a conflict');
    return outcome.events[0]!;
  }
}

function known() {
  const store = new Replaceable();
  const told: string[] = [];
  const logger = { error: () => {}, warn: () => {} };
  const history = new KnownHistory(store, { logger, onError: error => told.push((error as EventualityError).code) });
  let forgotten = 0;
  history.whenReplaced(() => forgotten++);
  return { store, history, told, forgotten: () => forgotten };
}

test('an event that was read before all was forgotten, and is seen afterwards, is forgotten, too, without another word', async () => {
  const { store, history, told, forgotten } = known();
  const old = await store.happen();
  history.saw(old);
  store.replace();
  expect(await history.confirm()).toBe(false);
  history.saw(old);
  expect(await history.confirm()).toBe(false);
  expect(await history.confirm()).toBe(true);
  expect([told, forgotten()]).toEqual([['HISTORY_REPLACED'], 2]);
});

test('events that are replaced again are told of again', async () => {
  const { store, history, told } = known();
  for (const round of [1, 2, 3]) {
    history.saw(await store.happen());
    expect(await history.confirm()).toBe(true);
    store.replace();
    expect(await history.confirm()).toBe(false);
    expect(told).toHaveLength(round);
  }
});

test('those who ask while an answer is under way share the next one, which is of a time after they asked', async () => {
  const { store, history } = known();
  history.saw(await store.happen());
  let asked = 0;
  const read = store.read.bind(store);
  store.read = (...args) => {
    asked++;
    return read(...args);
  };
  const first = history.confirm();
  store.replace();
  expect(await Promise.all([history.confirm(), history.confirm(), history.confirm()])).toEqual([false, false, false]);
  await first;
  expect(asked).toBe(2);
});
