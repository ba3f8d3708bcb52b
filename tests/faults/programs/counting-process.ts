import { setTimeout as sleep } from 'node:timers/promises';
import { EventProcessors, type ProjectionOptions } from '../../../src/processing';
import { counting } from '../../support/counting';
import { SILENT } from '../../support/logger';
import { assignment, openAt, type Where } from '../../support/stores/where';
import { type Poison, poisonedProjections } from '../processors/poison';
import { machineTime } from './lags';
import { eventContext } from './projecting';

/** What the counting process is to do. */
export interface Counting {
  readonly where: Where;
  readonly leaseDuration: number;
  readonly options: ProjectionOptions;
  /** With it, projections of which some are poisoned; without it, the projection `counts`. */
  readonly poison?: Poison;
  /** A process that is superseded stays so, as one would make it first. */
  readonly standsBy?: boolean;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/**
 * A program that runs projections until it is told to end. It prints `ready` when it can be told so, and, of those that
 * are poisoned, the name, the position and the time for each event that they take.
 */
async function main({ where, leaseDuration, options, poison, standsBy }: Counting): Promise<void> {
  const eventStore = openAt(where);
  const definitions = poison
    ? poisonedProjections(poison, options, (name, { position }) => say(`${name} ${position} ${machineTime()}`))
    : [counting('counts', options)];
  const projections = new EventProcessors({ eventStore, definitions, leaseDuration, logger: SILENT, eventContext });
  projections.start();
  if (standsBy) void standBy(projections);
  process.once('SIGTERM', async () => {
    await projections.close();
    await eventStore.close();
  });
  say('ready');
}

/** Gives up for good when it is superseded. */
async function standBy(projections: EventProcessors): Promise<void> {
  for (;;) {
    const [status] = await projections.status();
    if (status!.state === 'superseded') return projections.close();
    await sleep(5);
  }
}

main(assignment<Counting>()).catch(error => {
  console.error(error);
  process.exitCode = 1;
});
