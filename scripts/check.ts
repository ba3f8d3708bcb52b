/**
 * Everything but the tests: `npm run check`. Two rows of steps run at the same time; each step is a script of
 * package.json. What the steps print is shown as a whole, in their order, and the first that fails ends its row.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '..');
/** The types take about as long as everything else. */
const ROWS = [['check:types'], ['check:lint', 'check:floors', 'check:unused', 'clean', 'build', 'check:package']];

function passes(step: string): Promise<boolean> {
  return new Promise(resolve => {
    const options = { cwd: ROOT, maxBuffer: 2 ** 26, shell: process.platform === 'win32' };
    execFile('npm', ['run', '--silent', step], options, (error, stdout, stderr) => {
      process.stdout.write(stdout);
      process.stderr.write(stderr);
      if (error) console.error(`npm run ${step} has failed.`);
      resolve(!error);
    });
  });
}

async function passAll(steps: readonly string[]): Promise<boolean> {
  for (const step of steps) if (!(await passes(step))) return false;
  return true;
}

void Promise.all(ROWS.map(passAll)).then(rows => {
  if (rows.includes(false)) process.exitCode = 1;
});
