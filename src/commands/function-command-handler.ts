import { pauseAfter, type RetryRule } from '../concurrency';
import { type CommandMessage, type CommandOutcome, HANDLING, type RecordedEvent, succeeded } from '../messages';
import { runInUnit, UnitOfWork } from '../repository';
import type { EventStore } from '../store';
import { conflictRetry } from './conflict-retry';
import type { HandlerContext } from './handler-context';
import { HeldTurns, type TurnRegistry } from './held-turns';
import { takeReturned } from './returned-events';

/**
 * Handles a command outside of an aggregate: changes aggregates through repositories, and may return the events of
 * their actions or plain events of aggregates that it did not load.
 */
export type FlowCommandHandler<C extends object = any> = (command: C, context: HandlerContext) => unknown;

/** What handler functions of a flow share. */
export interface HandlerFunctionParts {
  /** The store to append to, and what it wraps: repositories made by hand over any of them take part. */
  readonly stores: readonly [EventStore, ...EventStore[]];
  readonly turns: TurnRegistry;
  readonly retry: RetryRule | undefined;
  /** Told of what a command has appended, once. */
  readonly recorded: (events: readonly RecordedEvent[]) => void;
  readonly contextOf: (message: CommandMessage, unit: UnitOfWork) => HandlerContext;
}

/**
 * Runs handler functions, each in a unit of work, and appends all that one has changed in one step. When a stream had
 * moved on, and when two handlers wait for each other, the function runs again: nothing of its unit has been stored by
 * then.
 */
export class FunctionCommandHandler {
  constructor(private readonly parts: HandlerFunctionParts) {}

  /**
   * @throws ConcurrencyError after the last attempt, AggregateAlreadyExistsError, DeadlockError, and whatever the
   * function throws
   */
  async handle(handler: FlowCommandHandler, message: CommandMessage, ownRetry?: RetryRule): Promise<CommandOutcome> {
    const { expectedVersion, signal, retry } = message.options;
    const turns = new HeldTurns(this.parts.turns, message);
    try {
      for (let attempt = 1; ; attempt++) {
        signal?.throwIfAborted();
        const unit = new UnitOfWork(this.parts.stores, message, turns);
        try {
          if (turns.yielded) await turns.takeAgain();
          return await this[HANDLING](handler, unit, turns);
        } catch (error) {
          const rule = conflictRetry(this.parts.retry, ownRetry, retry);
          const conflict = error === unit.conflict && expectedVersion === undefined;
          if (!(turns.yielded || conflict) || attempt >= rule.attempts) throw error;
          if (conflict) await pauseAfter(attempt, rule, signal);
        } finally {
          unit.close();
        }
      }
    } finally {
      turns.giveBack();
      message.restartable = false;
    }
  }

  /** @internal */
  async [HANDLING](handler: FlowCommandHandler, unit: UnitOfWork, turns: HeldTurns): Promise<CommandOutcome> {
    const { message } = unit;
    const context = this.parts.contextOf(message, unit);
    const returned = await runInUnit(unit, () => handler(message.command, context));
    if (turns.yielded) throw turns.yielded;
    message.options.signal?.throwIfAborted();
    const { outcome, recorded, appends } = takeReturned(returned, unit);
    const own = await unit.commit(appends);
    this.parts.recorded(own.events);
    if (own.succeeded) return own;
    return outcome ?? (recorded.length === 0 ? own : succeeded(recorded));
  }
}
