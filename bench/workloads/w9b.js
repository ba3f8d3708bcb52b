// The time to bootstrap an application of 100 aggregates with 10 command handlers each, in a process that has loaded nothing else.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { check } from '../lib/check.js';
import { median } from '../lib/report.js';

export default {
  id: 'w9b',
  order: 91,
  title: 'bootstrap of 100 aggregates with 1,000 command handlers, the package being loaded (less is better)',
  unit: 'ms',
  references: ['nest'],
  warmUps: 1,

  /** @param app `{ program }`, a file that bootstraps, dispatches one command, and prints `{ milliseconds, handled }` */
  async prepare({ program }, { quick }) {
    return async function round() {
      const times = Array.from({ length: quick ? 3 : 5 }, () => {
        const { milliseconds, handled } = JSON.parse(
          execFileSync(process.execPath, [fileURLToPath(program)], { encoding: 'utf8' }),
        );
        check(handled === 1, `${handled} commands were handled`);
        return milliseconds;
      });
      return { value: median(times) };
    };
  },
};
