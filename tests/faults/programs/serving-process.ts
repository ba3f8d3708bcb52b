import { setTimeout as sleep } from 'node:timers/promises';
import { Event } from '../../../src/decorators';
import { Flow } from '../../../src/flow';
import { FlowEventContext } from '../../../src/flow/contexts';
import { newId } from '../../../src/messages';
import { defineAggregate } from '../../../src/model';
import { defineReactor, EventProcessors } from '../../../src/processing';
import type { ProjectionStore } from '../../../src/store';
import { counting, projectionsOf } from '../../support/counting';
import { SILENT } from '../../support/logger';
import { assignment, openAt, type Where } from '../../support/stores/where';
import { followCarelessly } from '../processors/careless-processor';

/** What the serving process is to do. */
export interface Serving {
  readonly where: Where;
  readonly segments: number;
  readonly leaseDuration: number;
  /** How long the projection takes for an event, in milliseconds. */
  readonly slow?: number;
  /** Runs a projection as one might write it first, and no other. */
  readonly careless?: boolean;
  /** The careless one says `written` and halts for good when it has written documents, before it moves its checkpoint. */
  readonly halting?: boolean;
}

/** Takes note of what it is told: once for each event, if all is well. */
const Notes = defineAggregate({
  name: 'Notes',
  state: {},
  commands: {
    Note: {
      creates: 'if-missing',
      decide: (_state, { id, of }) => Event({ aggregateId: id, name: 'Noted', payload: { of } }),
    },
  },
});

const say = (line: string): void => void process.stdout.write(`${line}\n`);
/**
 * Says `refused` when a commit does not go through because the segment is another process's by now, and `done` when the
 * checkpoint was there already: while the segment is its own, its commit has gone through before, and the reply was
 * lost.
 */
function tellRefusals(store: ProjectionStore): void {
  const commit = store.commit.bind(store);
  store.commit = async page => {
    const outcome = await commit(page);
    if (!outcome.ok) say(outcome.fenced ? 'refused' : 'done');
    return outcome;
  };
}

/** Freezes this process, at a moment at which it holds no lock of the store; it says when. */
function freeze(): void {
  say(`frozen ${Date.now()}`);
  process.kill(process.pid, 'SIGSTOP');
}

/** Halts, and keeps the process alive meanwhile. */
function halt(): Promise<never> {
  say('written');
  return new Promise(() => setInterval(() => undefined, 1000));
}

/**
 * A program that runs a projection and a reactor, which dispatches a command for each event, until it is told to end.
 * It prints `ready` when it can be told so, `handling <position>` before the projection takes an event, and `closed` at
 * the end. After SIGUSR2 it freezes in the next handler.
 */
async function main({ where, segments, leaseDuration, slow, careless, halting }: Serving): Promise<void> {
  const eventStore = openAt(where);
  let freezing = false;
  process.on('SIGUSR2', () => (freezing = true));
  const handling = async ({ position }: { position: bigint }): Promise<void> => {
    say(`handling ${position}`);
    if (freezing) freeze();
    freezing = false;
    if (slow) await sleep(slow);
  };
  if (careless) {
    const carelessness = { owner: newId(), leaseDuration, handling, ...(halting && { written: halt }) };
    return followCarelessly(eventStore, carelessness, new AbortController().signal);
  }
  tellRefusals(projectionsOf(eventStore));
  const flow = new Flow({ eventStore, aggregates: [Notes], logger: SILENT });
  const noting = defineReactor({
    ...{ name: 'noting', segments, replay: 'run' },
    on: {
      Happened: (_payload, { event, dispatch }) =>
        dispatch({ name: 'Note', message: { id: `of-${event.aggregateId}`, of: event.id } }).then(() => undefined),
    },
  });
  const projections = new EventProcessors({
    ...{ eventStore, logger: SILENT, leaseDuration },
    definitions: [counting('counts', { segments }, handling), noting],
    eventContext: event => new FlowEventContext(flow, event),
  });
  projections.start();
  process.once('SIGTERM', async () => {
    await projections.close();
    await flow.close();
    say('closed');
  });
  say('ready');
}

main(assignment<Serving>()).catch(error => {
  console.error(error);
  process.exitCode = 1;
});
