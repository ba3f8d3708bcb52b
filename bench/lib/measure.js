import { contendersOf } from './catalogue.js';
import { Contender } from './contender.js';
import { summary } from './report.js';

/** Runs one workload: its contenders side by side, the rounds interleaved. What cannot take part is reported with the reason. */
export async function measure(workload, { only, rounds, quick }) {
  const chosen = contendersOf(workload).filter(({ id }) => !only || only.includes(id));
  const absent = [];
  let scene;
  try {
    scene = await workload.setup?.({ quick });
  } catch (error) {
    return summary(workload, [], [{ id: '*', title: 'All', reason: reasonOf(error) }]);
  }
  let running = [];
  try {
    for (const contender of chosen) {
      const child = new Contender(workload, contender);
      running.push(child);
      await attempt(child, () => child.prepare({ quick, ...scene?.options }));
    }
    const count = workload.rounds ?? rounds;
    for (let round = 1; round <= count; round++) {
      for (const child of [...running]) await attempt(child, () => child.round());
      process.stderr.write(`\r${workload.id}: round ${round} of ${count}`);
    }
    process.stderr.write('\r\x1b[K');
  } finally {
    for (const child of running) child.end();
    await scene?.release?.();
  }
  return {
    ...summary(workload, running, absent),
    server: scene?.server,
    quick,
    note: quick ? workload.quickNote : undefined,
  };

  async function attempt(child, work) {
    try {
      await work();
    } catch (error) {
      absent.push({ id: child.id, title: child.title, reason: reasonOf(error), stack: error.stack });
      running = running.filter(other => other !== child);
      child.end();
    }
  }
}

const reasonOf = error => (error.message || String(error.errors?.[0]?.message ?? error)).split('\n')[0];
