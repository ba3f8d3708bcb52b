import { CommandMessage, plainEvent, type RecordedEvent } from '../messages';
import {
  AggregateAlreadyExistsError,
  type AggregateClass,
  type AggregateDefinition,
  AggregateInstance,
  AggregateNotFoundError,
  type AggregateRoot,
  definitionOf,
  INSTANCE,
  MissingAggregateIdError,
} from '../model';
import { type AppendOutcome, ConcurrencyError, type EventStore, LONGEST_NAME } from '../store';
import { AggregateLoader, type SnapshotKeeping } from './aggregate-loader';
import { ForeignAggregateError } from './errors';
import { REPOSITORY_OPTIONS, refuseRepositoryOptions } from './option-checks';
import { currentOrigin, Origin } from './origin';
import { type CacheOptions, StreamCache } from './stream-cache';
import type { UnitOfWork } from './unit-of-work';

/** What a repository can be told. */
export interface RepositoryOptions extends SnapshotKeeping {
  /** Keeps the events of hot aggregates, so that loading reads only what is newer; default false. */
  readonly cache?: CacheOptions | false;
  /** Entries for the metadata of every event that is saved outside of a command. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** @internal Told of what was recorded outside of a unit of work. */
  readonly recorded?: (events: readonly RecordedEvent[]) => void;
}

/** What `Repository.add` takes: a new instance of an aggregate class, or the attributes of a plain aggregate. */
export type Addition<A> =
  A extends AggregateRoot<any>
    ? A
    : A extends { readonly state: infer State }
      ? A | (Partial<State> & { readonly id?: string; readonly [attribute: string]: unknown })
      : A;

const origins = new WeakMap<AggregateInstance, Origin>();

/**
 * Loads and saves the aggregates of one kind.
 *
 * By itself, each `add`, `save` and `delete` is one append. Inside a command (`@InjectRepository`, `context.repository`) they take part in
 * its unit of work: everything is appended together when the handler has returned.
 */
export class Repository<A = any> {
  readonly definition: AggregateDefinition<any, A>;
  readonly #loader: AggregateLoader<any, A>;
  readonly #unit: UnitOfWork | undefined;
  readonly #options: RepositoryOptions;

  /** @throws InvalidAggregateError when the class is not declared as an aggregate should be; InvalidOptionsError */
  constructor(
    aggregate: AggregateClass<A> | AggregateDefinition<any, A>,
    store: EventStore,
    options: RepositoryOptions = {},
    within?: { loader: AggregateLoader; unit: UnitOfWork },
  ) {
    this.definition = definitionOf(aggregate);
    if (!within) refuseRepositoryOptions<RepositoryOptions>(store, options, REPOSITORY_OPTIONS);
    this.#loader =
      within?.loader ?? new AggregateLoader(this.definition, store, options.cache ? new StreamCache(options.cache) : undefined, options);
    this.#unit = within?.unit;
    this.#options = options;
  }

  /**
   * Stores a new aggregate: one made by `new`, with its events applied; or, for a plain one, its attributes, which become the event
   * `<name>Created`. Resolves to the recorded events; inside a command to none, as they are recorded after its handler.
   * @throws AggregateAlreadyExistsError, MissingAggregateIdError, ForeignAggregateError
   */
  async add(aggregate: Addition<A>): Promise<readonly RecordedEvent[]> {
    const origin = currentOrigin();
    const instance = this.#instanceOf(aggregate) ?? this.#create(aggregate);
    if (instance.version > 0) throw new AggregateAlreadyExistsError(this.definition.name, instance.id);
    const outcome = await this.#store(instance, origin, 'add');
    if (outcome.ok) return outcome.events;
    throw new AggregateAlreadyExistsError(this.definition.name, instance.id);
  }

  /** Loads an aggregate. @throws AggregateNotFoundError when it has no events or was deleted */
  async load(id: string): Promise<A> {
    const instance = await this.#load(id);
    if (!instance.exists) throw new AggregateNotFoundError(this.definition.name, id, instance.deleted);
    return instance.exposed;
  }

  /** Loads an aggregate, or resolves to null when it has no events or was deleted. */
  async find(id: string): Promise<A | null> {
    const instance = await this.#load(id);
    return instance.exists ? instance.exposed : null;
  }

  /**
   * Stores what was applied to an aggregate since it was loaded; nothing applied, nothing stored.
   * @throws ConcurrencyError when somebody else stored events meanwhile; nothing was appended then
   */
  async save(aggregate: A): Promise<readonly RecordedEvent[]> {
    const instance = this.#instanceOf(aggregate);
    if (!instance) throw new ForeignAggregateError(this.definition.name, aggregate);
    const outcome = await this.#store(instance, currentOrigin(), 'save');
    if (outcome.ok) return outcome.events;
    throw new ConcurrencyError(outcome.conflicts);
  }

  /**
   * Appends the event `<name>Deleted`; afterwards the aggregate is not found, its events stay, its id is not used again.
   * @throws AggregateNotFoundError, ConcurrencyError
   */
  async delete(id: string): Promise<readonly RecordedEvent[]> {
    const origin = currentOrigin();
    const instance = await this.#load(id);
    if (!instance.exists) throw new AggregateNotFoundError(this.definition.name, id, instance.deleted);
    instance.delete();
    const outcome = await this.#store(instance, origin, 'delete');
    if (outcome.ok) return outcome.events;
    throw new ConcurrencyError(outcome.conflicts);
  }

  /** Resolves when the snapshots that are being taken are stored: before the store is closed, and in tests. `Flow.close()` waits for them. */
  async drain(): Promise<void> {
    await this.#loader.snapshots?.idle();
  }

  /** Returns this repository as a part of a command's unit of work. */
  within(unit: UnitOfWork): Repository<A> {
    return new Repository(this.definition, unit.store, {}, { loader: this.#loader, unit });
  }

  /** @internal What commands of this aggregate load with, so that they share its cache. */
  get loader(): AggregateLoader<any, A> {
    return this.#loader;
  }

  async #load(id: string): Promise<AggregateInstance<any, A>> {
    const origin = currentOrigin();
    if (typeof id !== 'string' || id === '' || id.length > LONGEST_NAME)
      throw new MissingAggregateIdError(this.definition.name, 'The id asked for', id);
    const known = this.#unit?.loaded(this.definition, id);
    if (known) return known;
    const instance = await this.#loader.load(id, this.#unit?.message.options.signal);
    if (origin) origins.set(instance, origin);
    const meanwhile = this.#unit?.loaded(this.definition, id);
    if (meanwhile) return meanwhile;
    this.#unit?.keep(instance);
    return instance;
  }

  #instanceOf(aggregate: unknown): AggregateInstance<any, A> | undefined {
    const instance = typeof aggregate === 'object' && aggregate !== null ? (aggregate as Record<symbol, unknown>)[INSTANCE] : undefined;
    if (!(instance instanceof AggregateInstance)) return undefined;
    if (instance.definition !== this.definition) throw new ForeignAggregateError(this.definition.name, aggregate);
    return instance;
  }

  /** Makes a plain aggregate of its attributes. */
  #create(attributes: unknown): AggregateInstance<any, A> {
    const { name, newId } = this.definition;
    if (!newId || typeof attributes !== 'object' || attributes === null) throw new ForeignAggregateError(name, attributes);
    const { id, ...payload } = attributes as { id?: string };
    const instance = this.#loader.fresh(id ?? newId());
    instance.apply(plainEvent({ aggregateId: instance.id, name: `${name}Created`, payload }));
    return instance;
  }

  async #store(instance: AggregateInstance<any, A>, current: Origin | undefined, action: string): Promise<AppendOutcome> {
    const { name } = this.definition;
    if (typeof instance.id !== 'string' || instance.id === '')
      throw new MissingAggregateIdError(name, `The ${name} to be stored`, instance.id);
    if (this.#unit) {
      this.#unit.stage(instance, instance.version, this.#loader.snapshots);
      return { ok: true, events: [] };
    }
    if (instance.changes.length === 0) return { ok: true, events: [] };
    const origin = current ?? origins.get(instance) ?? this.#ownOrigin(action);
    const stream = { aggregateName: name, aggregateId: instance.id };
    const { expectedVersion = instance.version } = origin.message.options;
    if (expectedVersion !== instance.version)
      return { ok: false, conflicts: [{ stream, expected: expectedVersion, actual: instance.version }] };
    const outcome = await this.#loader.store.append([{ stream, expected: instance.version, events: origin.newEvents(instance.changes) }]);
    if (outcome.ok) {
      origin.recorded = true;
      instance.changes = [];
      instance.stored(outcome.events);
      this.#loader.cache?.extend(instance.id, outcome.events);
      this.#loader.snapshots?.appended(instance.id, outcome.events);
      this.#options.recorded?.(outcome.events);
    }
    return outcome;
  }

  #ownOrigin(action: string): Origin {
    return new Origin(
      new CommandMessage(`${this.definition.name}.${action}`, {}, this.#options.metadata ? { metadata: this.#options.metadata } : {}),
    );
  }
}
