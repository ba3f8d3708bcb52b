import { defineProjection, Flow } from 'eventuality';
import { range, to } from '../../support/events';
import { SILENT } from '../../support/logger';
import { TestSchema } from '../../support/stores/schema';
import { until } from '../../support/waiting';

const schema = new TestSchema(__filename);

/** The statement by which a process looks for its versions, once a second: the clock of this test. */
const LOOKS = /^select (name, )?version, state/;

/** Follows with so many projections, and counts what is asked for while nothing happens. */
async function idle(projections: number, segments: number): Promise<{ queries: number; looks: number }> {
  const { pool, asked } = schema.recordingPool({ max: 6 });
  const store = schema.open({ pool, tablePrefix: `idle_${projections}_` });
  await store.append([to('a', 'none')]);
  const processors = range(1, projections).map(n =>
    defineProjection({ name: `p-${n}`, segments, on: { Happened: () => undefined } }),
  );
  const flow = new Flow({ eventStore: store, processors, logger: SILENT });
  await flow.processors.ready();
  await flow.waitFor(1n, { timeout: 30_000 });
  const looks = (): number => asked.filter(({ text }) => LOOKS.test(text)).length;
  const after = async (count: number): Promise<void> => {
    const last = looks() + count;
    await until(() => looks() >= last, `${count} looks more`, 30_000);
  };
  // Until all segments have owners, and the silence is one.
  await after(6);
  asked.length = 0;
  await after(6);
  const counted = { queries: asked.length, looks: looks() };
  await flow.close();
  await store.close();
  return counted;
}

test('an idle process asks as often for many projections and segments as for one', async () => {
  const one = await idle(1, 1);
  const many = await idle(30, 8);
  // 240 segments and 30 versions: where each asked for itself, there would be hundreds for each look.
  expect(many.queries / many.looks).toBeLessThan(2 * (one.queries / one.looks));
  // So many a second, as there is one look a second.
  expect(many.queries / many.looks).toBeLessThan(15);
});
