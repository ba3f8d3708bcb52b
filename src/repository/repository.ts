import { isPromise } from '../concurrency';
import {
  CommandMessage,
  isName,
  must,
  plainEvent,
  type RecordedEvent,
  refuseArguments,
  refuseHidden,
} from '../messages';
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
import { type AppendOutcome, ConcurrencyError, type EventStore } from '../store';
import { AggregateLoader, type LoaderOptions } from './aggregate-loader';
import { expectRepositories, unitOver } from './ambient-unit';
import { ForeignAggregateError, NothingToAddError } from './errors';
import { newAppend } from './new-events';
import { REPOSITORY_OPTIONS, refuseRepositoryOptions } from './option-checks';
import { UnitOfWork } from './unit-of-work';

const aUnitOfWork = must('a unit of work', value => value instanceof UnitOfWork);

/** Options of a repository. */
export interface RepositoryOptions extends LoaderOptions {
  /** Entries for the metadata of every event that is saved outside of a command. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** @internal Called with events that were recorded outside of a unit of work. */
  readonly recorded?: (events: readonly RecordedEvent[]) => void;
}

type Instance<A> = AggregateInstance<any, A>;

/** The argument of `Repository.add`: a new instance of an aggregate class, or the attributes of a plain aggregate. */
export type Addition<A> =
  A extends AggregateRoot<any>
    ? A
    : A extends { readonly state: infer State }
      ? A | (Partial<State> & { readonly id?: string; readonly [attribute: string]: unknown })
      : A;

/**
 * Loads and saves the aggregates of one kind.
 *
 * Outside of commands each `add`, `save` and `delete` is one append. In a handler function or handler class they take
 * part in the unit of work of the command, however the repository was created: everything is appended together when the
 * handler returns, or not at all, and loading waits for the turn of the aggregate.
 */
export class Repository<A = any> {
  readonly definition: AggregateDefinition<any, A>;
  readonly #loader: AggregateLoader<any, A>;
  readonly #within: UnitOfWork | undefined;
  readonly #options: RepositoryOptions;

  /** @throws InvalidAggregateError if the class is not a valid aggregate; InvalidOptionsError */
  constructor(
    aggregate: AggregateClass<A> | AggregateDefinition<any, A>,
    store: EventStore,
    options: RepositoryOptions = {},
    within?: { loader: AggregateLoader; unit: UnitOfWork },
  ) {
    this.definition = definitionOf(aggregate);
    if (!within) refuseRepositoryOptions<RepositoryOptions>(store, options, REPOSITORY_OPTIONS);
    this.#loader = within?.loader ?? new AggregateLoader(this.definition, store, options);
    this.#within = within?.unit;
    this.#options = options;
    if (!within && !options.recorded) expectRepositories(store);
  }

  /**
   * Stores a new aggregate: an instance created with `new` that has applied events, or the attributes of a plain
   * aggregate, which become the event `<name>Created`. Resolves to the recorded events, as handlers know them;
   * inside a command to an empty list, because they are recorded after its handler.
   * @throws AggregateAlreadyExistsError (in a command when it is appended), MissingAggregateIdError,
   * ForeignAggregateError, NothingToAddError
   */
  async add(aggregate: Addition<A>): Promise<readonly RecordedEvent[]> {
    const instance = this.#instanceOf(aggregate) ?? this.#create(aggregate);
    this.#checkId(`The ${this.definition.name} to be stored`, instance.id);
    if (instance.version > 0) throw new AggregateAlreadyExistsError(this.definition.name, instance.id);
    if (instance.changes.length === 0) throw new NothingToAddError(this.definition.name, instance.id);
    const outcome = await this.#store(instance, 'add');
    if (outcome.ok) return this.#loader.reader.readRecorded(outcome.events);
    throw new AggregateAlreadyExistsError(this.definition.name, instance.id);
  }

  /** Loads an aggregate. @throws AggregateNotFoundError if it has no events or was deleted */
  async load(id: string): Promise<A> {
    const loaded = this.#load(id);
    const instance = isPromise(loaded) ? await loaded : loaded;
    if (!instance.exists) throw new AggregateNotFoundError(this.definition.name, id, instance.deleted);
    return instance.exposed;
  }

  /** Loads an aggregate, or resolves to null if it has no events or was deleted. */
  async find(id: string): Promise<A | null> {
    const loaded = this.#load(id);
    const instance = isPromise(loaded) ? await loaded : loaded;
    return instance.exists ? instance.exposed : null;
  }

  /**
   * Stores the events applied to an aggregate since it was loaded; does nothing if there are none.
   * @throws ConcurrencyError if other events were stored meanwhile; nothing was appended
   */
  async save(aggregate: A): Promise<readonly RecordedEvent[]> {
    const instance = this.#instanceOf(aggregate);
    if (!instance) throw new ForeignAggregateError(this.definition.name, aggregate);
    const stored = this.#store(instance, 'save');
    const outcome = isPromise(stored) ? await stored : stored;
    if (outcome.ok) return this.#loader.reader.readRecorded(outcome.events);
    throw new ConcurrencyError(outcome.conflicts);
  }

  /**
   * Deletes an aggregate by appending the event `<name>Deleted`. The aggregate is no longer found, its events stay, and
   * its id cannot be used again.
   * @throws AggregateNotFoundError, ConcurrencyError
   */
  async delete(id: string): Promise<readonly RecordedEvent[]> {
    const instance = await this.#load(id);
    if (!instance.exists) throw new AggregateNotFoundError(this.definition.name, id, instance.deleted);
    instance.delete();
    const outcome = await this.#store(instance, 'delete');
    if (outcome.ok) return this.#loader.reader.readRecorded(outcome.events);
    throw new ConcurrencyError(outcome.conflicts);
  }

  /**
   * Resolves when the snapshots in progress are stored; call it before you close the store, and in tests.
   * `Flow.close()` calls it.
   */
  async drain(): Promise<void> {
    await this.#loader.snapshots?.idle();
  }

  /** Returns this repository as part of a command's unit of work. @throws InvalidOptionsError */
  within(unit: UnitOfWork): Repository<A> {
    refuseArguments('within', { unit: [unit, aUnitOfWork] });
    return new Repository(this.definition, unit.store, {}, { loader: this.#loader, unit });
  }

  /** @internal The loader for the commands of this aggregate, which share its cache. */
  get loader(): AggregateLoader<any, A> {
    return this.#loader;
  }

  /** The unit of work of the current command. */
  get #unit(): UnitOfWork | undefined {
    return this.#within ?? unitOver(this.#loader.store);
  }

  /** Without a promise if possible: with AsyncLocalStorage each one is slow on Node 20. */
  #load(id: string): Instance<A> | Promise<Instance<A>> {
    this.#checkId('The id asked for', id);
    const unit = this.#unit;
    if (!unit) return this.#loader.load(id);
    const known = unit.loaded(this.definition, id);
    if (known) return known;
    const turn = unit.turnOf(this.definition.name, id);
    return turn ? turn.then(() => this.#loadInto(unit, id)) : this.#loadInto(unit, id);
  }

  #loadInto(unit: UnitOfWork, id: string): Instance<A> | Promise<Instance<A>> {
    const keep = (instance: Instance<A>): Instance<A> => {
      const meanwhile = unit.loaded(this.definition, id);
      if (!meanwhile) unit.keep(instance, this.#loader.snapshots);
      return meanwhile ?? instance;
    };
    const loaded = unit.loaded(this.definition, id) ?? this.#loader.load(id, unit.message.options.signal);
    return isPromise(loaded) ? loaded.then(keep) : keep(loaded);
  }

  #checkId(source: string, id: unknown): void {
    if (!isName(id)) throw new MissingAggregateIdError(this.definition.name, source, id);
  }

  #instanceOf(aggregate: unknown): Instance<A> | undefined {
    const instance =
      typeof aggregate === 'object' && aggregate !== null
        ? (aggregate as Record<symbol, unknown>)[INSTANCE]
        : undefined;
    if (!(instance instanceof AggregateInstance)) return undefined;
    if (instance.definition !== this.definition) throw new ForeignAggregateError(this.definition.name, aggregate);
    return instance;
  }

  /** Creates a plain aggregate from its attributes. */
  #create(attributes: unknown): Instance<A> {
    const { name, newId } = this.definition;
    if (!newId || typeof attributes !== 'object' || attributes === null)
      throw new ForeignAggregateError(name, attributes);
    refuseHidden(attributes, name);
    const { id, ...payload } = attributes as { id?: string };
    const instance = this.#loader.fresh(id ?? newId());
    instance.apply(plainEvent({ aggregateId: instance.id, name: `${name}Created`, payload }));
    return instance;
  }

  /** Without a promise if there is nothing to append now. */
  #store(instance: Instance<A>, action: string): AppendOutcome | Promise<AppendOutcome> {
    const unit = this.#unit;
    if (unit) unit.stage(instance, this.#loader.snapshots);
    return unit || instance.changes.length === 0 ? { ok: true, events: [] } : this.#append(instance, action);
  }

  async #append(instance: Instance<A>, action: string): Promise<AppendOutcome> {
    const stream = { aggregateName: this.definition.name, aggregateId: instance.id };
    const outcome = await this.#loader.store.append([
      newAppend(this.#messageOf(action), stream, instance.version, instance.changes),
    ]);
    if (outcome.ok) {
      instance.changes = [];
      instance.stored(outcome.events);
      this.#loader.cache?.extend(instance.id, outcome.events);
      this.#loader.snapshots?.appended(instance.id, outcome.events);
      this.#options.recorded?.(outcome.events);
    }
    return outcome;
  }

  /** Events stored outside of a command have metadata as if they had one of their own. */
  #messageOf(action: string): CommandMessage {
    const { metadata } = this.#options;
    return new CommandMessage(`${this.definition.name}.${action}`, {}, metadata ? { metadata } : {});
  }
}
