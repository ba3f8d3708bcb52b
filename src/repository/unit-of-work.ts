import type { CommandMessage, CommandOutcome, RecordedEvent, SealedEvent } from '../messages';
import type { AggregateDefinition, AggregateInstance } from '../model';
import { ConcurrencyError, type EventStore, type ExpectedVersion, type StreamAppend } from '../store';
import type { AggregateSnapshots } from './aggregate-snapshots';
import { failed, succeeded } from './command-outcome';
import { UnitOfWorkClosedError } from './errors';
import { Origin } from './origin';

interface Staged {
  readonly instance: AggregateInstance;
  readonly expected: ExpectedVersion;
  readonly changes: readonly SealedEvent[];
  readonly snapshots: AggregateSnapshots | undefined;
}

/**
 * Everything that one command changes in several aggregates: repositories stage their changes here, and they are
 * appended together when the handler has returned, or not at all.
 */
export class UnitOfWork {
  readonly origin: Origin;
  readonly #staged = new Map<AggregateInstance, Staged>();
  readonly #loaded = new Map<AggregateDefinition, Map<string, AggregateInstance>>();
  /** True when the events of the last commit had been stored before: by the first run of a command that is repeated. */
  repeated = false;
  #closed = false;

  constructor(
    readonly store: EventStore,
    readonly message: CommandMessage,
  ) {
    this.origin = new Origin(message);
  }

  /** Returns the one instance of an aggregate in this unit, where it was loaded before. */
  loaded(definition: AggregateDefinition, id: string): AggregateInstance | undefined {
    this.#refuseWhenClosed();
    return this.#loaded.get(definition)?.get(id);
  }

  /** Keeps an instance as the one of this unit. */
  keep(instance: AggregateInstance): void {
    this.#refuseWhenClosed();
    const { definition, id } = instance;
    this.#loaded.set(definition, (this.#loaded.get(definition) ?? new Map()).set(id, instance));
  }

  /** Takes note of the changes an aggregate has so far; staging it again replaces them. */
  stage(instance: AggregateInstance, expected: ExpectedVersion, snapshots?: AggregateSnapshots): void {
    this.#refuseWhenClosed();
    const before = this.#staged.get(instance);
    this.keep(instance);
    if (instance.changes.length === 0) return;
    this.#staged.set(instance, { instance, expected: before?.expected ?? expected, changes: [...instance.changes], snapshots });
  }

  /**
   * Appends what was staged, and plain events beside it, in one step.
   * @throws ConcurrencyError when one of the streams had moved on; nothing was appended then
   */
  async commit(plain: readonly StreamAppend[] = []): Promise<CommandOutcome> {
    this.close();
    const staged = [...this.#staged.values()].map(({ instance, expected, changes }) => ({
      stream: { aggregateName: instance.definition.name, aggregateId: instance.id },
      expected,
      events: this.origin.newEvents(changes),
    }));
    const appends = [...staged, ...plain];
    if (appends.length === 0) return this.#nothing();
    this.#refuseOtherVersion(appends[0]!);
    const outcome = await this.store.append(appends);
    if (!outcome.ok) throw new ConcurrencyError(outcome.conflicts);
    this.#tellSnapshots(outcome.events);
    const { expected } = appends[0]!;
    this.repeated = typeof expected === 'number' && outcome.events[0]!.version <= expected;
    return succeeded(outcome.events);
  }

  #tellSnapshots(events: readonly RecordedEvent[]): void {
    for (const { instance, snapshots } of this.#staged.values()) {
      if (!snapshots) continue;
      const { definition, id } = instance;
      snapshots.appended(
        id,
        events.filter(({ aggregateId, aggregateName }) => aggregateId === id && aggregateName === definition.name),
      );
    }
  }

  close(): void {
    this.#closed = true;
  }

  /** A version the caller pinned is that of the first aggregate the command changes. */
  #refuseOtherVersion({ stream, expected }: StreamAppend): void {
    const pinned = this.message.options.expectedVersion;
    if (pinned === undefined || pinned === expected) return;
    throw new ConcurrencyError([{ stream, expected: pinned, actual: typeof expected === 'number' ? expected : 0 }]);
  }

  #nothing(): CommandOutcome {
    const first = [...this.#loaded.values()].flatMap(instances => [...instances.values()])[0];
    return failed(first?.id ?? '', first?.version ?? 0);
  }

  #refuseWhenClosed(): void {
    if (this.#closed) throw new UnitOfWorkClosedError(this.message.name);
  }
}
