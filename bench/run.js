// Runs workloads: each contender in a process of its own, the rounds interleaved (A B C A B C), so that a noisy machine hits all alike.
//   npm run bench                             everything
//   npm run bench -- w1 w2 --quick            some workloads, 3 short rounds
//   npm run bench -- w1 --only=eventuality,nest --rounds=15 --note="what was changed"
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { contendersOf, workloads } from './lib/catalogue.js';
import { Contender } from './lib/contender.js';
import { summary, table } from './lib/report.js';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean' }, rounds: { type: 'string' }, only: { type: 'string' }, note: { type: 'string' } },
});
const rounds = Number(options.rounds ?? (options.quick ? 3 : 7));
const only = options.only?.split(',');
const chosen = positionals.length > 0 ? workloads.filter(({ id }) => positionals.includes(id)) : workloads;
const unknown = positionals.filter(id => !workloads.some(workload => workload.id === id));
if (unknown.length > 0) fail(`No workload ${unknown.join(', ')}. There are: ${workloads.map(({ id }) => id).join(', ')}.`);

const report = { ...header(), workloads: [] };
console.log(
  `${report.date}   Node ${report.node}   ${report.cpu}   load ${report.load}   ${rounds} rounds${options.quick ? ', quick' : ''}`,
);
for (const workload of chosen) {
  const result = await measure(workload);
  report.workloads.push(result);
  console.log(`\n${table(result)}`);
}
mkdirSync(new URL('results/', import.meta.url), { recursive: true });
const file = new URL(`results/${report.date.replaceAll(':', '-')}.json`, import.meta.url);
writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
console.log(`\nWritten: ${file.pathname}`);

async function measure(workload) {
  const contenders = contendersOf(workload).filter(({ id }) => !only || only.includes(id));
  const running = [];
  const absent = [];
  for (const { id, title } of contenders) {
    const child = new Contender(workload.id, id, title);
    try {
      child.versions = await child.ask('prepare', { quick: options.quick ?? false });
      running.push(child);
    } catch (error) {
      absent.push({ id, title, reason: error.message });
      child.end();
    }
  }
  for (let round = 1; round <= rounds; round++) {
    for (const child of running) child.rounds.push(await child.ask('round'));
    process.stderr.write(`\r${workload.id}: round ${round} of ${rounds}`);
  }
  process.stderr.write('\r\x1b[K');
  for (const child of running) child.end();
  return summary(workload, running, absent);
}

function header() {
  return {
    date: new Date().toISOString(),
    node: process.versions.node,
    cpu: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown CPU'}`,
    load: loadavg()[0].toFixed(1),
    rounds,
    quick: options.quick ?? false,
    note: options.note ?? '',
  };
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
