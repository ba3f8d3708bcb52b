import { isPromise } from '../concurrency';
import type { CommandMessage, CommandOutcome, RecordedEvent, SealedEvent } from '../messages';
import { failed, succeeded } from '../messages';
import { AggregateAlreadyExistsError, type AggregateDefinition, type AggregateInstance } from '../model';
import {
  type AppendOutcome,
  ConcurrencyError,
  type Conflict,
  type EventStore,
  type StreamAppend,
  type StreamName,
  streamKey,
} from '../store';
import type { AggregateSnapshots } from './aggregate-snapshots';
import { UnitOfWorkClosedError } from './errors';
import { appendFor, newAppends, type StreamChanges } from './new-events';

interface Staged {
  readonly instance: AggregateInstance;
  readonly expected: number;
  readonly changes: readonly SealedEvent[];
  readonly snapshots: AggregateSnapshots | undefined;
}

/** The aggregates of a unit; created with the first one, because many handler functions use none. */
class UnitContents {
  readonly staged = new Map<AggregateInstance, Staged>();
  readonly loaded = new Map<AggregateDefinition, Map<string, AggregateInstance>>();
  readonly snapshots = new Map<AggregateInstance, AggregateSnapshots>();
  /** New aggregates that the handler had looked for before, and whose absence it decided on. */
  readonly missed = new Set<AggregateInstance>();
}

/**
 * The changes of one command to several aggregates: repositories stage their changes here, and they are appended
 * together when the handler has returned, or not at all.
 */
export class UnitOfWork {
  #contents: UnitContents | undefined;
  #closed = false;
  /** The conflict that the commit was rejected with: then the handler can run again. */
  conflict: ConcurrencyError | undefined;

  constructor(
    /** The store to append to, and the stores that it wraps, which repositories created by hand may use. */
    readonly stores: readonly [EventStore, ...EventStore[]],
    readonly message: CommandMessage,
    /** Ensures that only one command of the process changes an aggregate at a time. */
    private readonly turns: { take(aggregateName: string, id: string): Promise<void> | undefined },
  ) {}

  get store(): EventStore {
    return this.stores[0];
  }

  /** Returns the instance of an aggregate in this unit, if it was loaded before. */
  loaded(definition: AggregateDefinition, id: string): AggregateInstance | undefined {
    this.#refuseWhenClosed();
    return this.#contents?.loaded.get(definition)?.get(id);
  }

  /** The aggregates that were loaded or added, in that order. */
  get instances(): AggregateInstance[] {
    return this.#contents ? [...this.#contents.loaded.values()].flatMap(each => [...each.values()]) : [];
  }

  /**
   * Takes the turn of an aggregate: until the unit is over, no other command of this process changes it. Returns
   * undefined if there is nothing to wait for.
   */
  turnOf(aggregateName: string, id: string): Promise<void> | undefined {
    this.#refuseWhenClosed();
    return this.turns.take(aggregateName, id)?.then(() => this.#refuseWhenClosed());
  }

  /** Keeps an instance as the only one of its aggregate in this unit. */
  keep(instance: AggregateInstance, snapshots?: AggregateSnapshots): void {
    this.#refuseWhenClosed();
    const { definition, id } = instance;
    this.#contents ??= new UnitContents();
    const { loaded, snapshots: kept } = this.#contents;
    loaded.set(definition, (loaded.get(definition) ?? new Map()).set(id, instance));
    if (snapshots) kept.set(instance, snapshots);
  }

  /** Records the current changes of an aggregate; staging it again replaces them. */
  stage(instance: AggregateInstance, snapshots = this.#contents?.snapshots.get(instance)): void {
    const known = this.loaded(instance.definition, instance.id);
    this.keep(instance, snapshots);
    const { missed, staged } = this.#contents!;
    if (known && known !== instance && known.version === 0) missed.add(instance);
    if (instance.changes.length === 0) return;
    staged.set(instance, { instance, expected: instance.version, changes: [...instance.changes], snapshots });
  }

  /**
   * Appends what was staged, and plain events with it, in one step; without a promise if possible.
   * @throws ConcurrencyError if one of the streams has moved on, AggregateAlreadyExistsError if a new aggregate, not
   * looked for before, exists; then nothing was appended
   */
  commit(plain: readonly StreamChanges[] = []): CommandOutcome | Promise<CommandOutcome> {
    this.close();
    if (!this.#contents && plain.length === 0) return this.#nothing();
    const staged = this.#staged.map(({ instance, expected, changes }) => ({
      stream: streamOf(instance),
      expected,
      changes,
    }));
    const appends = newAppends(this.message, [...staged, ...plain]);
    if (appends.length === 0) return this.#nothing();
    const appended = appendFor(this.message, this.store, this.#pinned(appends));
    return isPromise(appended) ? this.#committedLater(appended) : this.#committed(appended);
  }

  get #staged(): readonly Staged[] {
    return this.#contents ? [...this.#contents.staged.values()] : [];
  }

  async #committedLater(appended: PromiseLike<AppendOutcome>): Promise<CommandOutcome> {
    return this.#committed(await appended);
  }

  #committed(outcome: AppendOutcome): CommandOutcome {
    if (!outcome.ok) throw this.#rejection(outcome.conflicts);
    this.#tellSnapshots(outcome.events);
    return succeeded(outcome.events);
  }

  close(): void {
    this.#closed = true;
  }

  #rejection(conflicts: readonly Conflict[]): Error {
    const isTaken = ({ instance, expected }: Staged): boolean =>
      expected === 0 &&
      !this.#contents!.missed.has(instance) &&
      conflicts.some(({ stream }) => streamKey(stream) === streamKey(streamOf(instance)));
    const taken = this.#staged.find(isTaken)?.instance;
    if (taken) return new AggregateAlreadyExistsError(taken.definition.name, taken.id);
    this.conflict = new ConcurrencyError(conflicts);
    return this.conflict;
  }

  #tellSnapshots(events: readonly RecordedEvent[]): void {
    for (const { instance, snapshots } of this.#staged) {
      if (!snapshots) continue;
      const { definition, id } = instance;
      snapshots.appended(
        id,
        events.filter(({ aggregateId, aggregateName }) => aggregateId === id && aggregateName === definition.name),
      );
    }
  }

  /** A pinned version is that of the first aggregate that the command changes. */
  #pinned(appends: readonly StreamAppend[]): readonly StreamAppend[] {
    const pinned = this.message.options.expectedVersion;
    const [first, ...rest] = appends as [StreamAppend, ...StreamAppend[]];
    if (pinned === undefined || pinned === first.expected) return appends;
    if (first.expected === 'any') return [{ ...first, expected: pinned }, ...rest];
    throw new ConcurrencyError([{ stream: first.stream, expected: pinned, actual: first.expected as number }]);
  }

  #nothing(): CommandOutcome {
    if (!this.#contents) return failed('', 0);
    const [first] = this.instances;
    const pinned = this.message.options.expectedVersion;
    if (first && pinned !== undefined && pinned !== first.version)
      throw new ConcurrencyError([{ stream: streamOf(first), expected: pinned, actual: first.version }]);
    return failed(first?.id ?? '', first?.version ?? 0);
  }

  #refuseWhenClosed(): void {
    if (this.#closed) throw new UnitOfWorkClosedError(this.message.name);
  }
}

const streamOf = ({ definition, id }: AggregateInstance): StreamName => ({
  aggregateName: definition.name,
  aggregateId: id,
});
