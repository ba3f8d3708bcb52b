import { type ProjectionOptions, Projections } from '../../src/processing';
import { SILENT } from '../postgres/database';
import { counting } from './counting';
import { machineTime } from './lags';
import { type Poison, poisonedProjections } from './poison';
import { eventContext } from './projecting';
import { assignment, openAt, type Where } from './where';

/** What the counting process is to do. */
export interface Counting {
  readonly where: Where;
  readonly leaseDuration: number;
  readonly options: ProjectionOptions;
  /** With it, projections of which some are poisoned; without it, the projection `counts`. */
  readonly poison?: Poison;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/**
 * A program that runs projections until it is told to end. It prints `ready` when it can be told so, and, of those that are poisoned, the
 * name, the position and the time for each event that they take.
 */
async function main({ where, leaseDuration, options, poison }: Counting): Promise<void> {
  const eventStore = openAt(where);
  const definitions = poison
    ? poisonedProjections(poison, options, (name, { position }) => say(`${name} ${position} ${machineTime()}`))
    : [counting('counts', options)];
  const projections = new Projections({ eventStore, definitions, leaseDuration, logger: SILENT, eventContext });
  projections.start();
  process.once('SIGTERM', async () => {
    await projections.close();
    await eventStore.close();
  });
  say('ready');
}

main(assignment<Counting>()).catch(error => {
  console.error(error);
  process.exitCode = 1;
});
