import { type InFlight, isPromise, pauseAfter, type RetryRule } from '../concurrency';
import {
  type CommandContext,
  type CommandMessage,
  type CommandOutcome,
  failed,
  HANDLING,
  type RecordedEvent,
  succeeded,
} from '../messages';
import {
  AggregateAlreadyExistsError,
  type AggregateInstance,
  AggregateNotFoundError,
  type CommandRule,
  type Decision,
} from '../model';
import type { AggregateLoader } from '../repository';
import { appendFor, newAppend } from '../repository';
import { ConcurrencyError, type DirectAccess, type EventStore, PAGE_LIMIT, type StreamAppend } from '../store';
import { targetOf } from './command-target';
import { conflictRetry } from './conflict-retry';
import type { TurnRegistry } from './held-turns';
import type { Turn, Turns } from './turns';

/** What the command handlers of a flow share. */
export interface CommandSurroundings {
  /** Called with the events of each command once, and not again when a command is repeated. */
  readonly recorded: (events: readonly RecordedEvent[]) => void;
  /** Counts the commands in progress. */
  readonly running: InFlight;
  readonly turns: TurnRegistry;
  /** How commands are retried after a conflict. */
  readonly retry: RetryRule | undefined;
  /** Creates the context for one call of a handler. */
  readonly contextOf: (message: CommandMessage) => CommandContext;
}

/** A command whose turn is taken, and whose events are not stored yet. */
interface Begun {
  readonly turn: Turn;
  readonly instance: AggregateInstance;
  /** What its handler returned, unless that was applied already. */
  readonly decision: PromiseLike<unknown> | undefined;
}

const LATER = `${HANDLING}, a command`;

/**
 * Carries out the commands that an aggregate handles itself: load, decide, append with a version check. Commands to one
 * aggregate run in turn within the process. On a conflict with another process the command is retried against fresh
 * state.
 */
export class AggregateCommandHandler {
  readonly #turns: Turns;
  readonly #recordedBy: CommandSurroundings['recorded'];
  readonly #running: InFlight;
  readonly #retry: RetryRule | undefined;
  readonly #contextOf: CommandSurroundings['contextOf'];

  constructor(
    readonly loader: AggregateLoader,
    { recorded, running, turns, retry, contextOf }: CommandSurroundings,
  ) {
    this.#recordedBy = recorded;
    this.#contextOf = contextOf;
    this.#running = running;
    this.#turns = turns.of(loader.definition.name);
    this.#retry = retry;
  }

  get store(): EventStore {
    return this.loader.store;
  }

  /**
   * Carries out a command: without a promise, if the store answers synchronously and there is nothing else to wait for.
   * @throws MissingAggregateIdError, AggregateNotFoundError, AggregateAlreadyExistsError, ConcurrencyError,
   * ReentrantCommandError, DeadlockError, and whatever the handler throws; then nothing was appended
   */
  [HANDLING](message: CommandMessage, rule: CommandRule): CommandOutcome | Promise<CommandOutcome> {
    const id = targetOf(message, rule, this.loader.definition.name);
    const { direct } = this.store;
    const events = direct && this.#readNow(direct, id, message);
    const turn = events && this.#turns.enterFree(id, message);
    if (!turn) return this[LATER](id, message, rule);
    let unfinished: Begun | undefined;
    this.#running.begin();
    try {
      const instance = this.loader.fresh(id);
      instance.replay(events, this.loader.reader);
      const decision = decide(instance, message, rule, this.#contextOf(message));
      if (isPromise(decision)) unfinished = { turn, instance, decision };
      else {
        instance.applyReturned(decision);
        if (instance.changes.length === 0) return failed(id, instance.version);
        const outcome = direct.appendNow([this.#newAppend(instance, message)]);
        if (outcome?.ok) return this.#recorded(id, outcome.events);
        unfinished = { turn, instance, decision: undefined };
      }
    } finally {
      if (!unfinished) this.#leave(turn);
    }
    return this[LATER](id, message, rule, unfinished);
  }

  /**
   * Carries out a command, or what is left of one. It is one async function, and the usual path calls no other one:
   * each costs about as much as folding ten events.
   * @internal
   */
  async [LATER](id: string, message: CommandMessage, rule: CommandRule, begun?: Begun): Promise<CommandOutcome> {
    const { expectedVersion, signal } = message.options;
    let turn = begun?.turn;
    if (!begun) this.#running.begin();
    try {
      if (!begun) {
        const entered = this.#turns.enter(id, message, signal);
        turn = entered instanceof Promise ? await entered : entered;
      } else if (begun.decision) begun.instance.applyReturned(await begun.decision);
      for (let attempt = 1; ; attempt++) {
        signal?.throwIfAborted();
        let instance = attempt === 1 ? begun?.instance : undefined;
        if (!instance) {
          const checked = this.loader.cacheChecked();
          if (checked) await checked;
          // A store that answers synchronously has no round trip to save.
          const isAhead = attempt === 1 && !this.store.direct;
          const ahead = isAhead ? this.#decideAhead(message, rule, id) : undefined;
          instance = ahead && (await ahead);
        }
        if (!instance) {
          if (this.loader.snapshots) instance = await this.loader.load(id, signal);
          else {
            instance = this.loader.start(id);
            const read = this.loader.catchUp(instance, signal);
            if (read) await read;
          }
          const decision = decide(instance, message, rule, this.#contextOf(message));
          instance.applyReturned(isPromise(decision) ? await decision : decision);
        }
        if (instance.changes.length === 0) return failed(id, instance.version);
        signal?.throwIfAborted();
        const appended = appendFor(message, this.store, [this.#newAppend(instance, message)]);
        const outcome = isPromise(appended) ? await appended : appended;
        if (outcome.ok) return this.#recorded(id, outcome.events);
        this.loader.cache?.delete(id);
        const retry = conflictRetry(this.#retry, rule.retry, message.options.retry);
        if (expectedVersion !== undefined || attempt >= retry.attempts) throw new ConcurrencyError(outcome.conflicts);
        await pauseAfter(attempt, retry, signal);
      }
    } finally {
      this.#leave(turn);
    }
  }

  /** Reads the events of an aggregate; undefined if that, or something else of the command, needs a promise. */
  #readNow(direct: DirectAccess, id: string, { options }: CommandMessage): readonly RecordedEvent[] | undefined {
    const { cache, snapshots, definition } = this.loader;
    if (cache || snapshots || options.signal || options.commandId !== undefined) return undefined;
    const events = direct.readNow({ aggregateName: definition.name, aggregateId: id });
    return events && events.length < PAGE_LIMIT ? events : undefined;
  }

  #leave(turn: Turn | undefined): void {
    if (turn) this.#turns.leave(turn);
    this.#running.end();
  }

  #newAppend({ id, version, changes }: AggregateInstance, message: CommandMessage): StreamAppend {
    return newAppend(message, { aggregateName: this.loader.definition.name, aggregateId: id }, version, changes);
  }

  #recorded(id: string, events: readonly RecordedEvent[]): CommandOutcome {
    this.loader.cache?.extend(id, events);
    this.loader.snapshots?.appended(id, events);
    this.#recordedBy(events);
    return succeeded(events, this.loader.reader.readRecorded(events));
  }

  /**
   * Lets the aggregate decide before the store is read, if there is a state to start from: a cached stream, or the
   * empty one of a command that creates. The append checks its version. An outcome that no append checks (no events, or
   * an error) stands only if the store has no newer events; otherwise the decision is discarded, and undefined is
   * returned.
   */
  #decideAhead(
    message: CommandMessage,
    rule: CommandRule,
    id: string,
  ): Promise<AggregateInstance | undefined> | undefined {
    const baseline = this.loader.baseline(id) ?? (rule.creates === true ? this.loader.fresh(id) : undefined);
    return baseline && this.#decideFrom(baseline, message, rule);
  }

  async #decideFrom(
    baseline: AggregateInstance,
    message: CommandMessage,
    rule: CommandRule,
  ): Promise<AggregateInstance | undefined> {
    const { id, version } = baseline;
    let failure: { error: unknown } | undefined;
    try {
      const decision = decide(baseline, message, rule, this.#contextOf(message));
      baseline.applyReturned(isPromise(decision) ? await decision : decision);
      if (baseline.changes.length > 0) return baseline;
    } catch (error) {
      failure = { error };
    }
    const current = await this.loader.load(id, message.options.signal);
    if (current.version !== version) return undefined;
    if (failure) throw failure.error;
    return baseline;
  }
}

/**
 * Calls the aggregate's handler, after checking that the aggregate is in the state that the command needs.
 * @throws AggregateNotFoundError, AggregateAlreadyExistsError, ConcurrencyError for a pinned version, and whatever the
 * handler throws
 */
export function decide(
  instance: AggregateInstance,
  message: CommandMessage,
  rule: CommandRule,
  context: CommandContext,
): Decision {
  const { definition, id, version, deleted, exists } = instance;
  const { expectedVersion } = message.options;
  if (expectedVersion !== undefined && expectedVersion !== version) {
    const stream = { aggregateName: definition.name, aggregateId: id };
    throw new ConcurrencyError([{ stream, expected: expectedVersion, actual: version }]);
  }
  if (rule.creates === true && version > 0) throw new AggregateAlreadyExistsError(definition.name, id, deleted);
  if (!exists && (rule.creates === false || deleted)) throw new AggregateNotFoundError(definition.name, id, deleted);
  return rule.decide(instance.state, message.command, context);
}
