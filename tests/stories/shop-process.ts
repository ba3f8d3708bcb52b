import 'reflect-metadata';
import { once } from 'node:events';
import { bootstrap, type RetryRule } from 'eventuality';
import { SILENT } from '../support/logger';
import { assignment, openAt, type Where } from '../support/stores/where';
import { Shop } from './shop';
import { type Shopping, shop } from './shopping';

/** What one process of the shop is to do. */
export interface ShopProcess extends Shopping {
  readonly where: Where;
  /** How commands whose aggregates had moved on are tried again. */
  readonly retry: RetryRule;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/**
 * A program that is one process of the shop. It prints `ready`, dispatches everything on SIGUSR2, prints what its
 * callers were told, as JSON, and runs until it is told to end.
 */
async function main({ where, retry, ...shopping }: ShopProcess): Promise<void> {
  const start = once(process, 'SIGUSR2');
  const end = once(process, 'SIGTERM');
  const flow = await bootstrap(Shop, { eventStore: openAt(where), retry, logger: SILENT });
  await flow.processors.ready();
  say('ready');
  await start;
  say(JSON.stringify(await shop(flow, shopping)));
  await end;
  await flow.close();
}

main(assignment<ShopProcess>()).catch(error => {
  console.error(error);
  process.exitCode = 1;
});
