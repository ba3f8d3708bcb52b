import { defineProjection, Flow, InMemoryEventStore } from 'eventuality';
import { PLACES, type Place } from '../support/stores/places';

const counts = defineProjection<{ n: number }>({ name: 'counts', segments: 2, on: { Happened: () => undefined } });

describe.each(PLACES)('%s', (_, make) => {
  let place: Place;
  beforeEach(() => {
    place = make();
  });
  afterEach(() => place.end());

  test('a wait in progress rejects when the flow is closed', async () => {
    const flow = new Flow({ eventStore: place.open(), processors: [counts] });
    await flow.processors.ready();
    const waits = [
      flow.waitFor(9n, { timeout: 3_600_000 }),
      flow.processors.of('counts').waitFor(9n, { timeout: 3_600_000 }),
      flow.processors.waitFor(9n, { processors: ['counts'], timeout: 3_600_000 }),
    ];
    const ended = Promise.allSettled(waits);
    await flow.close();
    for (const wait of await ended)
      expect(wait).toMatchObject({ status: 'rejected', reason: { code: 'STORE_CLOSED' } });
  });
});

describe.each(PLACES)('%s', (_, make) => {
  let place: Place;
  beforeEach(() => {
    place = make();
  });
  afterEach(() => place.end());

  test('a rebuild that is under way when the flow is closed does not keep its caller waiting', async () => {
    let release = () => {};
    const held = new Promise<void>(resolve => (release = resolve));
    let rebuilding = false;
    const slow = defineProjection<{ n: number }>({
      name: 'counts',
      on: { Happened: () => (rebuilding ? held : undefined) },
    });
    const eventStore = place.open();
    const stream = { aggregateName: 'Todo', aggregateId: '1' };
    await eventStore.append([{ stream, expected: 'any', events: [{ name: 'Happened', payload: {} }] }]);
    const flow = new Flow({ eventStore, processors: [slow] });
    await flow.waitFor(1n);
    rebuilding = true;
    const rebuild = await flow.processors.of('counts').rebuild();
    const [done] = [Promise.allSettled([rebuild.done]), flow.close(), release()];
    expect(await done).toMatchObject([{ status: 'rejected', reason: { code: 'STORE_CLOSED' } }]);
  });
});

test('what an event store in memory keeps beside the events is refused after close(), snapshots too', async () => {
  const eventStore = new InMemoryEventStore();
  const stream = { aggregateName: 'Todo', aggregateId: '1' };
  await eventStore.close();
  const snapshot = { stream, version: 1, eventId: 'e', schemaVersion: 1, state: '{}' };
  const snapshots = eventStore.snapshots;
  for (const call of [snapshots.load(stream, 1), snapshots.save(snapshot), snapshots.delete(stream)])
    await expect(call).rejects.toMatchObject({ code: 'STORE_CLOSED' });
});
