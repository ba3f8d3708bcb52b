import type { CommandContext, CommandMessage, CommandOutcome, RecordedEvent } from '../messages';
import { AggregateAlreadyExistsError, type AggregateInstance, AggregateNotFoundError, type CommandRule, type Decision } from '../model';
import { ConcurrencyError, type EventStore, PAGE_LIMIT, Running, type StreamAppend } from '../store';
import type { AggregateLoader } from './aggregate-loader';
import { failed, succeeded } from './command-outcome';
import { targetOf } from './command-target';
import { ReentrantCommandError } from './errors';
import { Lane, Lanes } from './lanes';
import { Origin } from './origin';
import { pauseAfterConflict, TRIES } from './retry';

/**
 * Carries out the commands that an aggregate handles itself: load, decide, append with a version check. Commands to one aggregate run
 * one after the other in the process; when another process was faster, the aggregate is loaded again and decides again.
 */
export class AggregateCommandHandler {
  readonly #lanes = new Lanes();

  constructor(
    readonly loader: AggregateLoader,
    /** Told of the events of each command, once; not again when a command is repeated. */
    readonly recorded?: (events: readonly RecordedEvent[]) => void,
    /** Told when a command begins and ends. */
    readonly running = new Running(),
  ) {}

  get store(): EventStore {
    return this.loader.store;
  }

  /**
   * @throws MissingAggregateIdError, AggregateNotFoundError, AggregateAlreadyExistsError, ConcurrencyError, ReentrantCommandError,
   * and whatever the handler throws; nothing was appended then
   */
  handle(message: CommandMessage, rule: CommandRule, context: CommandContext): Promise<CommandOutcome> {
    const id = targetOf(message, rule, this.loader.definition.name);
    this.#refuseReentrance(message, id);
    return this.#takeTurn(message, rule, context, id);
  }

  #refuseReentrance(message: CommandMessage, id: string): void {
    for (let waiting = message.parent; waiting; waiting = waiting.parent) {
      const { working } = waiting;
      if (working?.id === id && working.handler === this)
        throw new ReentrantCommandError(message.name, waiting.name, this.loader.definition.name, id);
    }
  }

  // One async function for the whole of it, and no other one on the usual way: each costs about as much as folding ten events.
  async #takeTurn(message: CommandMessage, rule: CommandRule, context: CommandContext, id: string): Promise<CommandOutcome> {
    const { commandId, expectedVersion, signal } = message.options;
    this.running.begin();
    const turn = this.#lanes.enter(id);
    const lane = turn instanceof Lane ? turn : await turn;
    message.working = { handler: this, id };
    try {
      const first = commandId === undefined ? undefined : await this.#outcomeOf(commandId, id);
      if (first) return first;
      for (let attempt = 1; ; attempt++) {
        signal?.throwIfAborted();
        const ahead = attempt === 1 ? this.#decideAhead(message, rule, context, id) : undefined;
        let instance = ahead && (await ahead);
        if (!instance) {
          if (this.loader.snapshots) instance = await this.loader.load(id, signal);
          else {
            instance = this.loader.start(id);
            while (this.loader.fold(instance, await this.loader.nextPage(instance, signal)));
          }
          const decision = decide(instance, message, rule, context);
          instance.applyReturned(isPromise(decision) ? await decision : decision);
        }
        if (instance.changes.length === 0) return failed(id, instance.version);
        signal?.throwIfAborted();
        const outcome = await this.store.append([this.#appendOf(instance, message)]);
        if (outcome.ok) return this.#recorded(id, outcome.events);
        this.loader.cache?.delete(id);
        if (expectedVersion !== undefined || attempt === TRIES) throw new ConcurrencyError(outcome.conflicts);
        await pauseAfterConflict(attempt, signal);
      }
    } finally {
      message.working = undefined;
      this.#lanes.leave(lane);
      this.running.end();
    }
  }

  #appendOf({ id, version, changes }: AggregateInstance, message: CommandMessage): StreamAppend {
    const stream = { aggregateName: this.loader.definition.name, aggregateId: id };
    return { stream, expected: version, events: new Origin(message).newEvents(changes) };
  }

  #recorded(id: string, events: readonly RecordedEvent[]): CommandOutcome {
    this.loader.cache?.extend(id, events);
    this.loader.snapshots?.appended(id, events);
    this.recorded?.(events);
    return succeeded(events);
  }

  /**
   * Lets the aggregate decide before anything is read from the store, where there is a baseline to start from: a cached stream, or the
   * empty one of a command that creates. The append checks its version. An outcome that no append will check, no events or an error,
   * stands only if the store has nothing newer; else the decision is void, and nothing is returned.
   */
  #decideAhead(
    message: CommandMessage,
    rule: CommandRule,
    context: CommandContext,
    id: string,
  ): Promise<AggregateInstance | undefined> | undefined {
    const baseline = this.loader.baseline(id) ?? (rule.creates === true ? this.loader.fresh(id) : undefined);
    return baseline && this.#decideFrom(baseline, message, rule, context);
  }

  async #decideFrom(
    baseline: AggregateInstance,
    message: CommandMessage,
    rule: CommandRule,
    context: CommandContext,
  ): Promise<AggregateInstance | undefined> {
    const { id, version } = baseline;
    let failure: { error: unknown } | undefined;
    try {
      const decision = decide(baseline, message, rule, context);
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

  /** Finds the events of a command that is being repeated. */
  async #outcomeOf(commandId: string, id: string): Promise<CommandOutcome | undefined> {
    const stream = { aggregateName: this.loader.definition.name, aggregateId: id };
    const found: RecordedEvent[] = [];
    for (let from = 1; ; from += PAGE_LIMIT) {
      const page = await this.store.read(stream, { from });
      for (const event of page) if (event.metadata.causationId === commandId) found.push(event);
      if (page.length < PAGE_LIMIT) break;
    }
    return found.length > 0 ? succeeded(found) : undefined;
  }
}

/**
 * Asks the aggregate's handler, unless the aggregate is not as the command needs it.
 * @throws AggregateNotFoundError, AggregateAlreadyExistsError, ConcurrencyError for a pinned version, and whatever the handler throws
 */
export function decide(instance: AggregateInstance, message: CommandMessage, rule: CommandRule, context: CommandContext): Decision {
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

const isPromise = (value: unknown): value is Promise<unknown> => typeof (value as Promise<unknown> | undefined)?.then === 'function';
