import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { EventBus, type EventListener } from '../../../src/flow';
import type { RecordedEvent } from '../../../src/messages';
import { InMemoryEventStore } from '../../../src/store';
import { happened, range, to } from '../../support/events';
import { type Figure, holds, isRefuted } from '../../support/figures';
import { SILENT } from '../../support/logger';

/** What is tried: an event bus, or what one might take for one. */
interface Bus {
  subscribeAll(listener: EventListener): unknown;
  publish(events: readonly RecordedEvent[]): void;
  drain(): Promise<unknown>;
}

/** Calls its listeners at once, without waiting until they are done with the event before. */
class CarelessBus implements Bus {
  readonly #listeners: EventListener[] = [];
  readonly #listening: Promise<unknown>[] = [];

  subscribeAll(listener: EventListener): void {
    this.#listeners.push(listener);
  }

  publish(events: readonly RecordedEvent[]): void {
    for (const event of events) {
      for (const listen of this.#listeners)
        this.#listening.push(Promise.resolve(listen(event, {} as never)).catch(() => {}));
    }
  }

  async drain(): Promise<void> {
    await Promise.all(this.#listening);
  }
}

/** How one listener behaves: by the version of the event, whether it takes its time, and whether it fails. */
const listeners = fc.array(fc.record({ slow: fc.array(fc.boolean()), fails: fc.array(fc.boolean()) }), {
  minLength: 1,
  maxLength: 3,
});
const batches = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 4 });

/**
 * Listeners that take their time and fail, and events that come meanwhile: each listener hears all of it, in order, one
 * at a time.
 */
const keepsOrder = (makeBus: () => Bus): fc.IAsyncPropertyWithHooks<unknown> =>
  fc.asyncProperty(fc.scheduler(), listeners, batches, async (scheduler, behaviours, sizes) => {
    const bus = makeBus();
    const heard: number[][] = behaviours.map(() => []);
    for (const [index, { slow, fails }] of behaviours.entries()) {
      let busy = false;
      bus.subscribeAll(async ({ version }) => {
        assert.ok(!busy, `listener ${index} is called while it is busy`);
        busy = true;
        if (slow[version]) await scheduler.schedule(Promise.resolve(), `listener ${index} hears ${version}`);
        heard[index]!.push(version);
        busy = false;
        if (fails[version]) throw new Error('provoked');
      });
    }
    const published: number[] = [];
    const publishing = (await recorded(sizes)).map(async events => {
      await scheduler.schedule(Promise.resolve(), 'publish');
      bus.publish(events);
      published.push(...events.map(({ version }) => version));
      const sofar = [...published];
      await bus.drain();
      for (const list of heard) assert.deepEqual(list.slice(0, sofar.length), sofar);
    });
    await scheduler.waitFor(Promise.all(publishing));
    for (const list of heard) assert.deepEqual(list, published);
  });

/** Returns events in batches of these sizes. */
async function recorded(sizes: readonly number[]): Promise<(readonly RecordedEvent[])[]> {
  const store = new InMemoryEventStore();
  const outcomes = await Promise.all(
    sizes.map(size => store.append([to('1', 'any', ...range(1, size).map(() => happened()))])),
  );
  return outcomes.map(outcome => (outcome.ok ? outcome.events : []));
}

export async function busSchedules(schedules: number, seed: number): Promise<Figure[]> {
  const subject = {
    item: 3,
    store: '-',
    seed,
    done: 'EventBus: order for each listener, one event at a time, drain() after all of it',
  };
  return [
    await holds(
      subject,
      keepsOrder(() => new EventBus({ logger: SILENT })),
      schedules,
    ),
    await isRefuted(
      { ...subject, done: 'a bus that does not wait for its listeners' },
      keepsOrder(() => new CarelessBus()),
      1000,
    ),
  ];
}
