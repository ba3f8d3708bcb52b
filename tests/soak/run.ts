import { fork } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { type Figure, table, unmet } from '../support/figures';
import { newSeed } from '../support/random';
import { TestServer } from '../support/stores/test-server';
import { soak } from './soak';

const STORES = { sqlite: ['SQLite'], postgres: ['PostgreSQL'], both: ['SQLite', 'PostgreSQL'] } as const;
const PAUSE = 100;

/**
 * The soak: `npm run test:soak [-- --minutes 30 --seed <n> --store sqlite|postgres|both]`. With both, one after the
 * other, each for so long. Ends with the table of its figures, and with exit code 1 when one of them is not what it
 * must be.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '30' },
      seed: { type: 'string' },
      store: { type: 'string', default: 'both' },
    },
  });
  const [minutes, seed] = [Number(values.minutes), Number(values.seed ?? newSeed())];
  const names = STORES[values.store as keyof typeof STORES];
  if (!names || !(minutes > 0) || !Number.isSafeInteger(seed))
    throw new Error('Use: --minutes <n> --seed <n> --store sqlite|postgres|both.');
  if (values.store !== 'sqlite' && !process.env.EVENTUALITY_POSTGRES_URL) return besideServer();
  const figures: Figure[] = [];
  for (const name of names) {
    console.log(`${name}: ${minutes} minutes, seed ${seed}`);
    figures.push(...(await soak(name, { duration: minutes * 60_000, pause: PAUSE }, seed)));
  }
  const faults = unmet(figures);
  console.log(
    `\n${table(figures)}\n\n${faults.length === 0 ? 'All is as it must be.' : `Not as it must be:\n${faults.join('\n')}`}`,
  );
  process.exit(faults.length === 0 ? 0 : 1);
}

/** Where the server is is read when this program starts: it starts again, beside a server. */
async function besideServer(): Promise<void> {
  const server = await TestServer.start();
  const child = fork(__filename, process.argv.slice(2), {
    env: { ...process.env, EVENTUALITY_POSTGRES_URL: server.url },
  });
  const [code] = await once(child, 'exit');
  await server.stop();
  process.exit(code ?? 1);
}

main().catch(error => {
  console.error(error);
  process.exit(1);
});
