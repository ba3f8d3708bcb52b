import { EventualityError, InMemoryEventStore, type RecordedEvent } from 'eventuality';
import { StoreClosedError } from 'eventuality/errors';
import { CustomEventStore, ForwardingEventStore } from 'eventuality/store-kit';

/** Counts the appends that it passes on. */
class CountingStore extends ForwardingEventStore {
  appends = 0;

  override append(...given: Parameters<ForwardingEventStore['append']>): ReturnType<ForwardingEventStore['append']> {
    this.appends += 1;
    return super.append(...given);
  }
}

async function main(): Promise<void> {
  const memory = new InMemoryEventStore();
  const custom = new CustomEventStore({
    append: appends => memory.append(appends),
    readAll: page => memory.readAll(page),
    close: () => memory.close(),
  });
  const store = new CountingStore(custom);
  const stream = { aggregateName: 'Order', aggregateId: 'a' };
  await store.append([{ stream, expected: 'none', events: [{ name: 'OrderPlaced', payload: { amount: 5 } }] }]);
  const names = (await store.read(stream)).map(({ name }: RecordedEvent) => name);
  const [followed] = (await store.subscribe()[Symbol.asyncIterator]().next()).value as RecordedEvent[];
  await store.close();
  const refusal = await memory.readAll().catch((error: unknown) => error);
  const known = refusal instanceof StoreClosedError && EventualityError.is(refusal);
  console.log(JSON.stringify({ appends: store.appends, names, followed: followed?.payload, known }));
}

main();
