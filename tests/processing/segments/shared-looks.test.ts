import { defineProjection, Flow, InMemoryEventStore } from 'eventuality';
import { SharedLook } from '../../../src/concurrency';
import { to } from '../../support/events';
import { until } from '../../support/waiting';

test('all who ask within one turn share a look, which begins after they have asked', async () => {
  let looks = 0;
  const look = new SharedLook(async () => ++looks);
  const first = [look.ask(), look.ask()];
  expect(looks).toBe(0);
  await Promise.resolve();
  expect(await Promise.all([...first, look.ask()])).toEqual([1, 1, 1]);
  expect(await look.ask()).toBe(2);
});

test('a look that fails does so for those who shared it only', async () => {
  let looks = 0;
  const look = new SharedLook(async () => {
    if (++looks === 1) throw new Error('not today');
    return looks;
  });
  const outcomes = await Promise.allSettled([look.ask(), look.ask()]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await look.ask()).toBe(2);
});

test('the segments of a projection ask together what is parked', async () => {
  const store = new InMemoryEventStore();
  const { deadLetters } = store.projections;
  const asked = jest.spyOn(deadLetters, 'sequences');
  const segments = 32;
  const counts = defineProjection({ name: 'counts', segments, on: { Happened: () => undefined } });
  const flow = new Flow({ eventStore: store, processors: [counts] });
  await flow.processors.ready();
  await store.append([to('a', 'none')]);
  await flow.waitFor(1n);
  await until(
    async () => (await flow.processors.of('counts').status()).segments.length === segments,
    'all are followed',
  );
  // Where each asked for itself, 32 would come in each look.
  const before = asked.mock.calls.length;
  await until(async () => asked.mock.calls.length >= before + 3, 'three looks more');
  expect(asked.mock.calls.slice(before).every(([, segment]) => segment === undefined)).toBe(true);
  await flow.close();
});
