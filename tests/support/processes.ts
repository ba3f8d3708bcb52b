import {
  defineProjection,
  defineReactor,
  type EventContext,
  type EventProcessorDefinition,
  type EventStore,
  type RecordedEvent,
} from 'eventuality';
import type { ProjectionSpecification } from '../../src/processing';
import { EventProcessors } from '../../src/processing';
import type { EventProcessorsParts } from '../../src/processing/event-processors';
import type { ProjectionStore } from '../../src/store';
import { SILENT } from './logger';
import { PLACES, type Place } from './stores/places';

/** Fast enough for tests, and long enough for a busy machine. */
export const RETRY = { attempts: 3, delay: 1, maxDelay: 4 };

/** What a tally has of one aggregate. */
export interface Tally {
  readonly count: number;
  readonly last: string;
}

/** Counts the events of each aggregate: an event that is handled twice, or not at all, is seen. */
export function tally(
  options: Partial<ProjectionSpecification<Tally>> = {},
  handle: (text: string, signal: AbortSignal) => unknown = () => undefined,
) {
  return defineProjection<Tally>({
    name: 'tally',
    retry: RETRY,
    on: {
      async Happened({ text }, { event, documents, signal }) {
        await handle(text, signal);
        const before = await documents.get(event.aggregateId);
        documents.set(event.aggregateId, { count: (before?.count ?? 0) + 1, last: text });
      },
    },
    ...options,
  });
}

/** Notes what it is given. */
export const noting = (notes: string[], options: object = {}): EventProcessorDefinition =>
  defineReactor({ name: 'noting', retry: RETRY, on: { Happened: ({ text }) => void notes.push(text) }, ...options });

/** Appends an event to each of the aggregates, in one step, and returns the position of the last. */
export async function happen(store: EventStore, ids: readonly string[], text = 'something'): Promise<bigint> {
  const events = [{ name: 'Happened', payload: { text } }];
  const outcome = await store.append(
    ids.map(id => ({ stream: { aggregateName: 'Thing', aggregateId: id }, expected: 'any', events })),
  );
  if (!outcome.ok) throw new Error('a conflict');
  return outcome.events.at(-1)!.position;
}

/** Several processes on one place, as far as projections are concerned. */
export class Processes {
  readonly place: Place;
  readonly #running: EventProcessors[] = [];
  #store: (EventStore & { readonly projections: ProjectionStore }) | undefined;

  constructor(make: () => Place) {
    this.place = make();
  }

  /** A store that runs nothing, the same each time: it is asked in loops. */
  get store(): EventStore & { readonly projections: ProjectionStore } {
    this.#store ??= this.place.open() as EventStore & { readonly projections: ProjectionStore };
    return this.#store;
  }

  start(definitions: readonly EventProcessorDefinition[], parts: Partial<EventProcessorsParts> = {}): EventProcessors {
    const projections = new EventProcessors({
      eventStore: this.place.open(),
      definitions,
      eventContext: (event: RecordedEvent): EventContext => ({
        event,
        metadata: event.metadata,
        dispatch: () => Promise.reject(new Error('there is no command bus')),
        query: () => Promise.reject(new Error('there is no query bus')),
        schedule: () => Promise.reject(new Error('there is no schedule')),
        unschedule: () => Promise.reject(new Error('there is no schedule')),
      }),
      logger: SILENT,
      leaseDuration: 400,
      ...parts,
    });
    this.#running.push(projections);
    projections.start();
    return projections;
  }

  async end(): Promise<void> {
    await Promise.all(this.#running.map(projections => projections.close()));
    await this.place.end();
  }
}

/** Runs tests on each of the stores, each test with processes of its own. */
export function onEachStore(tests: (processes: () => Processes) => void): void {
  describe.each(PLACES)('%s', (_, make) => {
    let processes: Processes;
    beforeEach(() => {
      processes = new Processes(make);
    });
    afterEach(() => processes.end());
    tests(() => processes);
  });
}
