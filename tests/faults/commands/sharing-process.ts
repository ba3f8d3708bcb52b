import type { RetryRule } from '../../../src/concurrency';
import { assignment, openAt, type Where } from '../../support/stores/where';
import { opened, sharingFlow } from './sharing';

/** What the sharing process is to do. */
export interface Sharing {
  readonly where: Where;
  readonly party: number;
  /** How many commands it dispatches at once, in each round. */
  readonly commands: number;
  readonly retry: RetryRule;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/**
 * A program that plays a round at each SIGUSR2, and prints the codes of the errors that its callers met, until it is
 * told to end.
 */
async function main({ where, party, commands, retry }: Sharing): Promise<void> {
  const store = openAt(where);
  const flow = sharingFlow(store, retry);
  const staying = setInterval(() => {}, 60_000);
  let round = 0;
  process.on('SIGUSR2', async () => say(JSON.stringify(await opened(flow, party, ++round, commands))));
  process.once('SIGTERM', async () => {
    clearInterval(staying);
    process.removeAllListeners('SIGUSR2');
    await flow.close();
  });
  await store.readAll({ limit: 1 });
  say('ready');
}

main(assignment<Sharing>()).catch(error => {
  console.error(error);
  process.exitCode = 1;
});
