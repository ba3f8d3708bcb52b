import { defineProjection, defineReactor, Flow, InMemoryEventStore } from 'eventuality';
import { range, to } from '../../support/events';
import { until } from '../../support/waiting';

const EVENTS = 300;

/** A rule that says of how many events it was asked. */
function countedRule(): { rule: { key: string; of: (event: { aggregateId: string }) => string }; asked: () => number } {
  let asked = 0;
  const of = ({ aggregateId }: { aggregateId: string }): string => {
    asked++;
    return aggregateId;
  };
  return { rule: { key: 'counted', of }, asked: () => asked };
}

test.each([
  ['projection', defineProjection],
  ['reactor', defineReactor],
] as const)('the segments of a %s divide each page once, and each event is handled once', async (_, define) => {
  const store = new InMemoryEventStore();
  const { rule, asked } = countedRule();
  const handled: string[] = [];
  const on = {
    Happened: (_payload: unknown, { event }: { event: { aggregateId: string } }) =>
      void handled.push(event.aggregateId),
  };
  const definition = define({ name: 'counted', segments: 16, sequenceBy: rule, replay: 'run', on } as never);
  const flow = new Flow({ eventStore: store, processors: [definition] });
  await flow.processors.ready();
  await flow.waitFor(0n);
  const owners = async (): Promise<number> =>
    (await store.projections.leases.segments('counted', 1)).filter(({ owner }) => owner !== undefined).length;
  await until(async () => (await owners()) === 16, 'all segments are followed');
  const ids = range(1, EVENTS).map(String);
  await store.append(ids.map(id => to(id, 'none')));
  await flow.waitFor(BigInt(EVENTS));
  expect([...handled].sort()).toEqual([...ids].sort());
  // A reactor takes the events of a segment one by one; sixteen segments that each ask for each event ask 4,800 times.
  expect(asked()).toBeLessThanOrEqual(2 * EVENTS);
  await flow.close();
});
