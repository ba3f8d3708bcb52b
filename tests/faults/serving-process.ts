import { setTimeout as sleep } from 'node:timers/promises';
import { Event } from '../../src/decorators';
import { Flow } from '../../src/flow';
import { FlowEventContext } from '../../src/flow/contexts';
import { newId } from '../../src/messages';
import { defineAggregate } from '../../src/model';
import { defineListener, Projections } from '../../src/processing';
import { followCarelessly } from './careless-follower';
import { counting } from './counting';
import { assignment, openAt, type Where } from './where';

/** What the serving process is to do. */
export interface Serving {
  readonly where: Where;
  readonly segments: number;
  readonly leaseDuration: number;
  /** How long the projection takes for an event, in milliseconds. */
  readonly slow?: number;
  /** Runs a projection as one might write it first, and no other. */
  readonly careless?: boolean;
}

/** Takes note of what it is told: once for each event, if all is well. */
const Notes = defineAggregate({
  name: 'Notes',
  state: {},
  commands: {
    Note: { creates: 'if-missing', decide: (_state, { id, of }) => Event({ aggregateId: id, name: 'Noted', payload: { of } }) },
  },
});

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const logger = { error: () => {}, warn: () => {} };

/**
 * A program that runs a projection and a durable listener, which dispatches a command for each event, until it is told to end. It prints `ready` when it can be
 * told so, `handling <position>` before the projection takes an event, and `closed` at the end.
 */
async function main({ where, segments, leaseDuration, slow, careless }: Serving): Promise<void> {
  const eventStore = openAt(where);
  const handling = async ({ position }: { position: bigint }): Promise<void> => {
    say(`handling ${position}`);
    if (slow) await sleep(slow);
  };
  if (careless) return followCarelessly(eventStore, { owner: newId(), leaseDuration, handling }, new AbortController().signal);
  const flow = new Flow({ eventStore, aggregates: [Notes], logger });
  const noting = defineListener({
    ...{ name: 'noting', segments, replay: 'run' },
    on: {
      Happened: (_payload, { event, dispatch }) =>
        dispatch({ name: 'Note', message: { id: `of-${event.aggregateId}`, of: event.id } }).then(() => undefined),
    },
  });
  const projections = new Projections({
    ...{ eventStore, logger, leaseDuration },
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
