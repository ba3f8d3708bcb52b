import { eventProcessorRole, processName } from '../decorators';
import {
  aPosition,
  aProjectionReference,
  argumentFaults,
  aSignal,
  aTimeout,
  type Clock,
  type CommandOutcome,
  type DispatchOptions,
  type EventContext,
  type EventReader,
  InvalidOptionsError,
  type Logger,
  type OnError,
  type OptionChecks,
  optionFaults,
  type ProjectionReference,
  projectionReferences,
  type RecordedEvent,
  refuseArguments,
  refuseDispatchOptions,
  refuseOptions,
  shownValue,
} from '../messages';
import {
  ActiveVersions,
  DependencyTracker,
  type EventProcessorDefinition,
  EventProcessors,
  fieldsOf,
  InlineEventStore,
  isProcess,
  keepsEventProcessors,
  type ProcessCommands,
  ProcessEngine,
  ProcessManagers,
  ProcessorKindError,
  type ProjectionDefinition,
  type ReadModel,
  type Schedule,
  scheduleDefinition,
  UnknownProjectionError,
  WaitTimeoutError,
} from '../processing';
import { ChangeFeed, DocumentReader, LiveDocuments, StoredDocuments, Watch, type WatchSources } from '../read-models';
import type { EventStore, KnownHistory } from '../store';
import { NotSchedulingError } from './errors';

/** What the read side is made of. */
export interface ReadSideParts {
  readonly eventStore: EventStore;
  readonly history: KnownHistory;
  readonly eventReader: EventReader;
  readonly definitions: readonly EventProcessorDefinition[];
  readonly follow: boolean;
  readonly logger: Logger;
  readonly onError: OnError | undefined;
  readonly clock: Clock;
  readonly eventContext: (event: RecordedEvent) => EventContext;
  readonly processCommands: ProcessCommands;
  readonly scheduling: boolean;
}

/** How to wait for projections. */
export interface WaitOptions {
  /** Classes, definitions or names; default all event processors of the flow. */
  readonly processors?: readonly ProjectionReference[];
  /** Milliseconds; default 5,000. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
}

/** The signal that ends a live query. */
export interface WatchOptions {
  readonly signal?: AbortSignal;
}

const WAIT: OptionChecks<WaitOptions> = { processors: projectionReferences, timeout: aTimeout, signal: aSignal };
const WATCH: OptionChecks<WatchOptions> = { signal: aSignal };

/** The part of a Flow for readers: projections, read models, and live queries over them. */
export class ReadSide {
  readonly processors: EventProcessors;
  readonly processManagers: ProcessManagers;
  readonly #schedule: Schedule | undefined;
  /** The store to append to; if there are inline projections, its appends update them. */
  readonly eventStore: EventStore;
  readonly #definitions: ReadonlyMap<string, EventProcessorDefinition>;
  readonly #readModels = new Map<string, ReadModel>();
  readonly #dependencies = new DependencyTracker();
  readonly #feed: ChangeFeed;
  readonly #watches = new Set<Watch<any>>();
  #watchesEnded = false;

  constructor({ eventStore, history, eventReader, definitions: given, logger, onError, ...parts }: ReadSideParts) {
    const definitions = [...given.map(stoppingInline), ...(parts.scheduling ? [scheduleDefinition] : [])];
    this.#definitions = new Map(definitions.map(definition => [definition.name, definition]));
    const inline = definitions.filter(({ options }) => options.mode === 'inline');
    const changed = (name: string): void => this.#feed.changed(name);
    const active = new ActiveVersions(eventStore.projections!, history);
    const failed: EventProcessors['failed'] = (...failure) => this.processors.failed(...failure);
    this.eventStore =
      inline.length > 0
        ? new InlineEventStore(
            eventStore,
            inline,
            eventReader,
            { logger, onError },
            { changed, failed },
            history,
            active,
          )
        : eventStore;
    const projections = definitions.filter(isProjection);
    const live = this.#readModelsOf(projections, history, active, eventReader);
    const stored = projections.flatMap(({ name }) => (live.has(name) ? [] : [name]));
    const store = keepsEventProcessors(eventStore.projections) ? eventStore.projections : undefined;
    this.#feed = new ChangeFeed({ eventStore, store, active, stored, live });
    const { processCommands, scheduling, ...rest } = parts;
    const processes =
      store?.processes &&
      new ProcessEngine(processCommands, store.processes, store, () => parts.clock.now(), scheduling, eventReader);
    this.#schedule = processes?.schedule;
    this.processors = new EventProcessors({
      eventStore,
      ...{ history, eventReader, definitions, logger, onError, changed, active, processes },
      ...rest,
    });
    this.processManagers = new ProcessManagers(given.filter(isProcess), processes, eventStore, processName);
  }

  /** Returns what carries out commands later. @throws NotSchedulingError */
  scheduleFor(what: string): Schedule {
    if (!this.#schedule) throw new NotSchedulingError(what);
    return this.#schedule;
  }

  /** Returns the durable name of a projection or reactor. @throws UnknownProjectionError */
  nameOf(reference: ProjectionReference): string {
    const name = typeof reference === 'string' ? reference : (roleName(reference) ?? reference?.name);
    if (typeof name !== 'string') throw new UnknownProjectionError(shownValue(reference), this.#definitions.keys());
    if (!this.#definitions.has(name)) throw new UnknownProjectionError(name, this.#definitions.keys());
    return name;
  }

  /** @throws UnknownProjectionError, ProcessorKindError for a reactor, InvalidOptionsError */
  readModel(reference: ProjectionReference): ReadModel {
    refuseArguments('readModel', { projection: [reference, aProjectionReference] });
    const name = this.nameOf(reference);
    const readModel = this.#readModels.get(name);
    if (!readModel) throw new ProcessorKindError(name, 'a reactor, which has no read model', this.#readModels.keys());
    return readModel;
  }

  /** @throws InvalidOptionsError */
  watch<Result>(ask: () => Promise<Result>, options: WatchOptions): Watch<Result> {
    refuseOptions('watch', options, WATCH);
    const sources: WatchSources = {
      feed: this.#feed,
      dependencies: this.#dependencies,
      began: watch => (this.#watchesEnded ? watch.end() : this.#watches.add(watch)),
      ended: watch => this.#watches.delete(watch),
    };
    return new Watch(ask, sources, options.signal);
  }

  /** Those with the mode `live` are never behind, so they are left out. */
  async waitFor(position: bigint, waiting: WaitOptions = {}): Promise<void> {
    const faults = [...argumentFaults({ position: [position, aPosition] }), ...optionFaults(waiting, WAIT)];
    if (faults.length > 0) throw new InvalidOptionsError('waitFor', faults);
    const { processors: projections, ...options } = waiting;
    const names = projections?.map(reference => this.nameOf(reference)) ?? [...this.#definitions.keys()];
    const following = names.filter(name => this.#definitions.get(name)!.options.mode !== 'live');
    await this.processors.waitFor(position, { ...options, processors: following });
  }

  /** Dispatches, and waits as the options say; the error contains the outcome of the command. */
  async waiting(
    options: DispatchOptions,
    dispatch: (options: DispatchOptions) => Promise<CommandOutcome>,
  ): Promise<CommandOutcome> {
    refuseDispatchOptions(options);
    const { waitFor, waitTimeout, ...rest } = options;
    const projections = waitFor!.map(reference => this.nameOf(reference));
    const outcome = await dispatch(rest);
    if (outcome.position === undefined) return outcome;
    // The signal applies only until the append; later it would lose the outcome.
    const timing = waitTimeout === undefined ? {} : { timeout: waitTimeout };
    try {
      await this.waitFor(outcome.position, { processors: projections, ...timing });
    } catch (error) {
      if (error instanceof WaitTimeoutError)
        throw new WaitTimeoutError(error.position, error.behind, error.timeout, outcome);
      throw error;
    }
    return outcome;
  }

  /** Ends the live queries; those that start later end immediately. */
  endWatches(): void {
    this.#watchesEnded = true;
    for (const watch of this.#watches) watch.end();
  }

  /** Returns the documents of those with the mode `live`. */
  #readModelsOf(
    definitions: readonly ProjectionDefinition[],
    history: KnownHistory,
    active: ActiveVersions,
    reader: EventReader,
  ): Map<string, LiveDocuments> {
    const live = new Map<string, LiveDocuments>();
    const { eventStore } = this;
    for (const definition of definitions) {
      const { name, options } = definition;
      if (options.mode === 'live') live.set(name, new LiveDocuments(definition, eventStore, history, reader));
      const source =
        live.get(name) ?? new StoredDocuments(eventStore.projections!, active, name, options.indexes ?? []);
      this.#readModels.set(name, new DocumentReader(name, source, this.#dependencies.touch, fieldsOf(definition)));
    }
    return live;
  }
}

/**
 * An inline projection that fails while it fills waits at the event: a parked event would be missing in later appends.
 */
const stoppingInline = (definition: EventProcessorDefinition): EventProcessorDefinition =>
  definition.options.mode === 'inline'
    ? { ...definition, options: { ...definition.options, onError: 'stop' } }
    : definition;

const isProjection = (definition: EventProcessorDefinition): definition is ProjectionDefinition =>
  definition.kind === 'projection';

const roleName = (reference: object): string | undefined =>
  typeof reference === 'function' ? (eventProcessorRole(reference)?.name ?? processName(reference)) : undefined;
