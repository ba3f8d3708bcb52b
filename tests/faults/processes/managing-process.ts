import { setTimeout as sleep } from 'node:timers/promises';
import { EventProcessors, ProcessEngine } from '../../../src/processing';
import type { EventStore, ProjectionStore } from '../../../src/store';
import { projectionsOf } from '../../support/counting';
import { SILENT } from '../../support/logger';
import { overridden } from '../../support/overridden';
import { assignment, openAt, type Where } from '../../support/stores/where';
import { fulfilmentOf, ordering } from './ordering';
import { tickers, ticking } from './ticking';

/** What the process is to do. */
export interface Managing {
  readonly where: Where;
  readonly leaseDuration: number;
  readonly story: 'ordering' | 'ticking';
  /** Of the code of the process manager; default 1. */
  readonly version?: number;
  /**
   * `ids`: sends commands under random ids, says `sent` and halts: that the command has taken effect is never stored.
   * `fence`: stores that deadlines have fired without a fence, wherever the checkpoint is.
   */
  readonly careless?: 'ids' | 'fence';
  /**
   * Stops itself once: where it says `sent`, or else before it stores that a deadline has fired. There it holds no lock
   * of SQLite, as one might that is stopped from outside: it would keep it until it goes on.
   */
  readonly stopping?: boolean;
}

const { where, leaseDuration, story, version = 1, careless, stopping = false } = assignment<Managing>();
const say = (line: string): void => void process.stdout.write(`${line}\n`);

let isStopped = false;

function stopOnce(): void {
  if (!stopping || isStopped) return;
  isStopped = true;
  process.kill(process.pid, 'SIGSTOP');
}

type Commit = ProjectionStore['commit'];

/** A store that commits as the assignment says. */
function committing(store: EventStore): EventStore {
  if (!stopping || careless === 'ids') return store;
  const projections = projectionsOf(store);
  const commit: Commit = async change => {
    if ((change.process?.clear ?? []).length === 0) return projections.commit(change);
    say('committing');
    stopOnce();
    if (careless !== 'fence') return projections.commit(change);
    const { fence: _, ...unfenced } = change;
    const at = await projections.checkpoint(change.checkpoint);
    return projections.commit({ ...unfenced, from: at, to: at });
  };
  return overridden(store, { projections: overridden(projections, { commit }) });
}

const eventStore = openAt(where);
const followed = committing(eventStore);
const store = projectionsOf(followed);
const flow = story === 'ordering' ? ordering(eventStore) : tickers(eventStore);
const engine = new ProcessEngine(
  {
    checkedName: command => (command as { name: string }).name,
    revive: ({ name, data }) => ({ name, message: data }),
    async dispatch({ name, data }, { commandId, cause, signal }) {
      const isCareless = careless === 'ids';
      const options = isCareless ? { signal } : { commandId, signal };
      const outcome = await flow.dispatchFrom({ name, message: data }, options, cause);
      if (isCareless) {
        say('sent');
        stopOnce();
        await sleep(60_000);
      }
      if (story === 'ticking') return outcome;
      // Many are killed or stopped here: the command has taken effect, and that is not stored yet.
      say('sending');
      await sleep(Math.random() * 20);
      return outcome;
    },
  },
  store.processes!,
  store,
  () => Date.now(),
);
const processors = new EventProcessors({
  ...{ eventStore: followed, leaseDuration, processes: engine, logger: SILENT },
  definitions: [story === 'ordering' ? fulfilmentOf(version) : ticking],
  eventContext: () => {
    throw new Error('there are no reactors');
  },
});
process.once('SIGTERM', async () => {
  await processors.close();
  await flow.close();
  say('closed');
});

// From here on what happens is news to the process manager.
void processors.ready().then(() => say('started'));
