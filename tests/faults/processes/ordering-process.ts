import { setTimeout as sleep } from 'node:timers/promises';
import { EventProcessors, ProcessEngine } from '../../../src/processing';
import { projectionsOf } from '../../support/counting';
import { SILENT } from '../../support/logger';
import { assignment, openAt, type Where } from '../../support/stores/where';
import { fulfilment, ordering } from './ordering';

/** What the process is to do. */
export interface Ordering {
  readonly where: Where;
  readonly leaseDuration: number;
  /** Sends commands under random ids, says `sent` and halts: that the command has taken effect is never stored. */
  readonly careless?: boolean;
}

const { where, leaseDuration, careless = false } = assignment<Ordering>();
const eventStore = openAt(where);
const flow = ordering(eventStore);
const store = projectionsOf(eventStore);
const engine = new ProcessEngine(
  {
    nameOf: command => (command as { name: string }).name,
    revive: ({ name, data }) => ({ name, message: data }),
    async dispatch({ name, data }, { commandId, cause, signal }) {
      const outcome = await flow.dispatchFrom(
        { name, message: data },
        careless ? { signal } : { commandId, signal },
        cause,
      );
      if (careless) {
        process.stdout.write('sent\n');
        await sleep(60_000);
      }
      // Many are killed here: the command has taken effect, and that is not stored yet.
      await sleep(Math.random() * 20);
      return outcome;
    },
  },
  store.processes!,
  store,
  () => Date.now(),
);
const processors = new EventProcessors({
  ...{ eventStore, definitions: [fulfilment], leaseDuration, processes: engine, logger: SILENT },
  eventContext: () => {
    throw new Error('there are no reactors');
  },
});
process.once('SIGTERM', async () => {
  await processors.close();
  await flow.close();
  process.stdout.write('closed\n');
});

// From here on what happens is news to the process manager.
void processors.ready().then(() => process.stdout.write('started\n'));
