// Runs workloads: each contender in a process of its own, the rounds interleaved (A B C A B C), so that a noisy machine hits all alike.
//   npm run bench                             everything
//   npm run bench -- w1 w5 --quick            some workloads, 3 short rounds; w5 is all of w5, w5-64 one of its workloads
//   npm run bench -- w1 --only=eventuality,nest --rounds=15 --note="what was changed"
//   npm run bench -- w10 w11 --write          and put tables and charts into ../docs; those of other workloads stay as they are
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { workloads } from './lib/catalogue.js';
import { writeDocs } from './lib/docs.js';
import { measure } from './lib/measure.js';
import { table } from './lib/report.js';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    only: { type: 'string' },
    note: { type: 'string', default: '' },
    write: { type: 'boolean', default: false },
  },
});
const rounds = Number(options.rounds ?? (options.quick ? 3 : 7));
const only = options.only?.split(',');
/** `w5` means w5-1, w5-16 and so on, `w5-slow` those that begin so, `w5-64` itself. */
const isMeant = name => workload => workload.id === name || new RegExp(`^${name}\\D`).test(workload.id);
const chosen =
  positionals.length === 0
    ? workloads
    : workloads.filter(workload => positionals.some(name => isMeant(name)(workload)));
const unknown = positionals.filter(name => !workloads.some(isMeant(name)));
if (unknown.length > 0)
  fail(`No workload ${unknown.join(', ')}. There are: ${workloads.map(({ id }) => id).join(', ')}.`);
if (options.write && only) fail('--write needs all contenders: leave --only out.');
if (!(Number.isInteger(rounds) && rounds > 0)) fail(`--rounds=${options.rounds} is no number of rounds.`);

const report = { ...header(), workloads: [] };
console.log(
  `${report.date}   Node ${report.node}   ${report.cpu}   load ${report.load}   ${rounds} rounds${options.quick ? ', quick' : ''}`,
);
for (const workload of chosen) {
  const result = await measure(workload, { only, rounds, quick: options.quick });
  report.workloads.push(result);
  console.log(['', table(result), result.server, result.note].filter(line => line !== undefined).join('\n'));
}
mkdirSync(new URL('results/', import.meta.url), { recursive: true });
const file = new URL(`results/${report.date.replaceAll(':', '-')}.json`, import.meta.url);
writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
console.log(`\nWritten: ${file.pathname}`);
if (options.write)
  for (const written of writeDocs(report, new URL('../docs/', import.meta.url))) console.log(`Written: ${written}`);

function header() {
  return {
    date: new Date().toISOString(),
    commit: commit(),
    node: process.versions.node,
    cpu: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown CPU'}`,
    load: loadavg()[0].toFixed(1),
    rounds,
    quick: options.quick,
    note: options.note,
  };
}

/** The commit that is measured; marked where what is measured was changed since. */
function commit() {
  const git = (...command) => execFileSync('git', command, { cwd: import.meta.dirname, encoding: 'utf8' }).trim();
  try {
    const changed = git(
      'status',
      '--porcelain',
      '--',
      '../src',
      '../scripts/build.ts',
      '../package.json',
      '.',
      ':!figures.json',
    );
    return `${git('log', '-1', '--format=%h')}${changed ? ' with changes' : ''}`;
  } catch {
    return 'unknown commit';
  }
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
