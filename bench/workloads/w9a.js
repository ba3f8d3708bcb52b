// The time a package takes to be required, in a process that has loaded nothing else.
import { execFileSync } from 'node:child_process';
import { median } from '../lib/report.js';

const LOAD =
  'const start = performance.now(); import(process.argv[1]).then(() => console.log(performance.now() - start));';

export default {
  id: 'w9a',
  order: 90,
  title: 'time to load the package, in a process of its own (less is better)',
  unit: 'ms',
  references: ['nest', 'by-hand'],
  warmUps: 1,

  /** @param app `{ specifier }`, resolved */
  async prepare({ specifier }, { quick }) {
    return async function round() {
      const times = Array.from({ length: quick ? 3 : 5 }, () =>
        Number(execFileSync(process.execPath, ['-e', LOAD, specifier], { encoding: 'utf8' })),
      );
      return { value: median(times) };
    };
  },
};
