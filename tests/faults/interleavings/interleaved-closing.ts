import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { Event } from '../../../src/decorators';
import { Flow } from '../../../src/flow';
import type { RecordedEvent } from '../../../src/messages';
import { defineAggregate } from '../../../src/model';
import { type Figure, holds, isRefuted } from '../../support/figures';
import { SILENT } from '../../support/logger';
import { ScheduledStore } from './scheduled-store';

/** How many commands follow from one, each dispatched by a listener of the event before. */
const FOLLOWING = 2;

interface Scene {
  readonly flow: Flow;
  readonly store: ScheduledStore;
  readonly heard: RecordedEvent[];
}

/**
 * Returns a flow of which everything takes its time: the store, the decisions, and a listener, which dispatches what
 * follows.
 */
function scene(scheduler: fc.Scheduler): Scene {
  const store = new ScheduledStore(scheduler);
  const heard: RecordedEvent[] = [];
  const Task = defineAggregate({
    name: 'Task',
    state: {},
    commands: {
      Do: {
        creates: 'if-missing',
        decide: async (_, { id, depth }) => {
          await scheduler.schedule(Promise.resolve(), `decide on ${id}`);
          return Event({ aggregateId: id, name: 'Done', payload: { depth } });
        },
      },
    },
  });
  const flow = new Flow({
    eventStore: store,
    aggregates: [Task],
    logger: SILENT,
    listeners: {
      Done: async (event, { dispatch }) => {
        await scheduler.schedule(Promise.resolve(), `hear of ${event.aggregateId}`);
        const { depth } = event.payload as { depth: number };
        const following =
          depth < FOLLOWING
            ? dispatch({ name: 'Do', message: { id: `${event.aggregateId}.`, depth: depth + 1 } })
            : undefined;
        // The first listener does not wait for what it has dispatched, the second does.
        if (depth > 0) await following;
        heard.push(event);
      },
    },
  });
  return { flow, store, heard };
}

/**
 * Commands come, and meanwhile the flow is closed: what was accepted is carried out with all that follows from it, and
 * then nothing more.
 */
const losesNothing = (close: (scene: Scene) => Promise<void>): fc.IAsyncPropertyWithHooks<unknown> =>
  fc.asyncProperty(
    fc.scheduler(),
    fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 4 }),
    async (scheduler, ids) => {
      const played = scene(scheduler);
      const { flow, store, heard } = played;
      let [accepted, refused, closed] = [0, 0, false];
      const dispatching = ids.map(async id => {
        await scheduler.schedule(Promise.resolve(), `dispatch to ${id}`);
        const outcome = await flow
          .dispatch({ name: 'Do', message: { id, depth: 0 } })
          .catch(error => String(error.code));
        if (outcome === 'FLOW_CLOSED') return void refused++;
        assert.ok(typeof outcome === 'object', `an accepted command ended with ${outcome}`);
        assert.ok(!closed, 'a command was answered after close()');
        accepted++;
      });
      const closing = (async () => {
        await scheduler.schedule(Promise.resolve(), 'close');
        await close(played);
        closed = true;
        const stored = await store.kept.readAll();
        assert.deepEqual(heard.map(({ id }) => id).sort(), stored.map(({ id }) => id).sort(), 'an event was not heard');
      })();
      await scheduler.waitFor(Promise.all([...dispatching, closing]));
      const stored = await store.kept.readAll();
      assert.equal(stored.length, accepted * (FOLLOWING + 1), 'what follows from a command was lost');
      assert.equal(accepted + refused, ids.length);
      assert.equal(heard.length, stored.length, 'something went on after close()');
      assert.ok(store.closed, 'the store is open');
    },
  );

export async function closingSchedules(schedules: number, seed: number): Promise<Figure[]> {
  const subject = {
    item: 3,
    store: 'memory',
    seed,
    done: 'Flow.close() among commands and what follows from them: nothing lost, nothing after',
  };
  const careless = losesNothing(({ store }) => store.close());
  return [
    await holds(
      subject,
      losesNothing(({ flow }) => flow.close()),
      schedules,
    ),
    await isRefuted({ ...subject, done: 'closing the store without waiting' }, careless, 1000),
  ];
}
