// A large application beside a small one: time and heap to bootstrap it, and the time of a dispatch in it, in a process of its own.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { check } from '../lib/check.js';
import { versions } from '../lib/eventuality.js';
import { median } from '../lib/report.js';

const PROGRAM = fileURLToPath(new URL('../lib/start/application.js', import.meta.url));
const DISPATCHES = 20_000;

export default {
  id: 'w12',
  order: 120,
  title: 'bootstrap of an application by its size, the package being loaded (less is better)',
  unit: 'ms',
  ownReference: 'x the small one',
  warmUps: 1,
  prepare,
  contenders: [
    { id: 'small', title: '5 aggregates with 50 command handlers, 1 projection', sizes: [5, 1] },
    { id: 'large', title: '500 aggregates with 5,000 command handlers, 100 projections', sizes: [500, 100] },
  ].map(({ id, title, sizes }) => ({
    ...{ id, title, reference: 'small', versions },
    workloads: { w12: () => ({ sizes }) },
  })),
};

/** @param app `{ sizes }`, how many aggregates and projections there are */
async function prepare({ sizes }, { quick }) {
  return async function round() {
    const runs = Array.from({ length: quick ? 3 : 5 }, () => {
      const program = ['--expose-gc', PROGRAM, ...sizes.map(String), String(DISPATCHES)];
      const run = JSON.parse(execFileSync(process.execPath, program, { encoding: 'utf8' }));
      check(run.handled >= DISPATCHES, `${run.handled} commands were handled`);
      return run;
    });
    const medianOf = field => median(runs.map(run => run[field]));
    return {
      value: medianOf('milliseconds'),
      metrics: { 'MB of heap': medianOf('heap'), 'us a dispatch': medianOf('microseconds') },
    };
  };
}
