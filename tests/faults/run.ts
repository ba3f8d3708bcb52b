import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { type Figure, table, unmet } from '../support/figures';
import { TestServer } from '../support/stores/test-server';

const RIGS = [
  ...['models', 'interleavings', 'gaps', 'processor-gaps-sqlite', 'processor-gaps-postgres', 'racers', 'any-version'],
  ...[
    'repeated-commands',
    'killed-commands-sqlite',
    'killed-commands-postgres',
    'retried-reactors',
    'shared-aggregates',
  ],
  ...[
    'killed-sqlite',
    'killed-postgres',
    'killed-processors-sqlite',
    'killed-processors-postgres',
    'killed-processes-sqlite',
    'killed-processes-postgres',
    'frozen-processes-sqlite',
    'frozen-processes-postgres',
    'killed-publishers-sqlite',
    'killed-publishers-postgres',
    'killed-bridges-sqlite',
    'killed-bridges-postgres',
    'killed-deadlines-sqlite',
    'killed-deadlines-postgres',
    'poisoned-deadlines-sqlite',
    'poisoned-deadlines-postgres',
    'restarted-instances-memory',
    'restarted-instances-sqlite',
    'restarted-instances-postgres',
    'rolled-processes-sqlite',
    'rolled-processes-postgres',
    'zones',
    'generated-schedules',
    'ambiguous-commits',
    'cut-processors',
  ],
  ...[
    'frozen-sqlite',
    'frozen-postgres',
    'poisoned-sqlite',
    'poisoned-postgres',
    'rebuilt-sqlite',
    'rebuilt-postgres',
    'deployed-sqlite',
    'deployed-postgres',
    'aged-events-sqlite',
    'aged-events-postgres',
    'schema-pairs',
    'hostile-input',
    'long-streams',
    'backlog-sqlite',
    'backlog-postgres',
  ],
];

/**
 * The long forms of the fault tests, one after the other, each in a process of its own:
 * `npm run test:faults [-- <name>...]`. Ends with the table of their figures, and with exit code 1 when one of them is
 * not what it must be.
 */
async function main(wanted: readonly string[]): Promise<void> {
  const unknown = wanted.filter(name => !RIGS.includes(name));
  if (unknown.length > 0) throw new Error(`No such rig: ${unknown.join(', ')}. There are ${RIGS.join(', ')}.`);
  const server = process.env.EVENTUALITY_POSTGRES_URL ? undefined : await TestServer.start();
  const url = process.env.EVENTUALITY_POSTGRES_URL ?? server!.url;
  const figures: Figure[] = [];
  for (const name of wanted.length > 0 ? wanted : RIGS) figures.push(...(await run(name, url)));
  await server?.stop();
  const date = new Date().toISOString().slice(0, 10);
  console.log(
    `\n${date}, Node ${process.version}, ${cpus().length} cores, load ${loadavg()[1]!.toFixed(1)}\n\n${table(figures)}`,
  );
  const faults = unmet(figures);
  console.log(faults.length === 0 ? '\nAll is as it must be.' : `\nNot as it must be:\n${faults.join('\n')}`);
  process.exit(faults.length === 0 ? 0 : 1);
}

async function run(name: string, url: string): Promise<Figure[]> {
  const start = performance.now();
  const child = fork(join(__dirname, 'long-forms.ts'), [name], {
    env: { ...process.env, EVENTUALITY_POSTGRES_URL: url },
  });
  let figures: Figure[] | undefined;
  child.on('message', message => (figures = message as Figure[]));
  const [code] = await once(child, 'exit');
  console.log(`${name}: ${Math.round((performance.now() - start) / 1000)} s`);
  return figures ?? [broken(name, code)];
}

const broken = (name: string, code: unknown): Figure => ({
  ...{ item: name, store: '', done: 'the rig itself', seed: 0, target: 'ends with its figures' },
  ...{ measured: `exit code ${code}`, met: false, binding: true },
});

main(process.argv.slice(2)).catch(error => {
  console.error(error);
  process.exit(1);
});
