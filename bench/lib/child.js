// The process of one contender: prepares and warms up, then measures one round whenever it is asked to.
import { appOf, contendersOf, workloads } from './catalogue.js';
import { groupOf } from './group.js';

const [workloadId, contenderId] = process.argv.slice(2);
const workload = workloads.find(({ id }) => id === workloadId);
const contender = contendersOf(workload).find(({ id }) => id === contenderId);
let round;

process.on('message', async ({ request, ...details }) => {
  try {
    process.send({ answer: request === 'prepare' ? await prepare(details) : await measure() });
  } catch (error) {
    process.send({ error: { message: error?.message ?? String(error), stack: error?.stack } });
  }
});
process.on('disconnect', () => process.exit(0));

async function prepare(given) {
  const options = { ...given, ...workload.params, ...contender.params, contender: contenderId };
  round = await workload.prepare(await appOf(workload, contenderId, options), options);
  for (let warmUp = 0; warmUp < (workload.warmUps ?? 3); warmUp++) await round();
  return (await contender.versions?.(groupOf(workload))) ?? {};
}

/** A round returns `{ operations, seconds }`, or `{ value }` where it is not a rate, and perhaps `metrics`; it throws when the work was not done. */
async function measure() {
  // Not a full collection: with nothing under way it would throw compiled code away, and every round would begin with compiling.
  globalThis.gc?.({ type: 'minor' });
  const { operations, seconds, value, metrics } = await round();
  return { value: value ?? operations / seconds, metrics: metrics ?? {}, operations };
}
