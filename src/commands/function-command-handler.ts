import { type InFlight, isPromise, pauseAfter, type RetryRule } from '../concurrency';
import {
  type CommandMessage,
  type CommandOutcome,
  type EventReader,
  HANDLING,
  type RecordedEvent,
  succeeded,
} from '../messages';
import { isLookedFor, runInUnit, UnitOfWork } from '../repository';
import type { EventStore } from '../store';
import { conflictRetry } from './conflict-retry';
import type { HandlerContext } from './handler-context';
import { HeldTurns, type TurnRegistry } from './held-turns';
import { type Returned, takeReturned } from './returned-events';

/**
 * Handles a command outside of an aggregate: changes aggregates through repositories, and may return the events of
 * their actions or plain events of aggregates that it did not load.
 */
export type FlowCommandHandler<C extends object = any> = (command: C, context: HandlerContext) => unknown;

/** What the handler functions of a flow share. */
export interface HandlerFunctionParts {
  /** The store to append to, and the stores that it wraps: repositories created by hand over any of them take part. */
  readonly stores: readonly [EventStore, ...EventStore[]];
  /** How the events of an outcome are read, where an earlier version of theirs is written. */
  readonly eventReader: EventReader;
  readonly turns: TurnRegistry;
  readonly retry: RetryRule | undefined;
  /** Counts the commands in progress. */
  readonly running: InFlight;
  /** Called once with the events that a command has appended. */
  readonly recorded: (events: readonly RecordedEvent[]) => void;
  readonly contextOf: (message: CommandMessage, unit: UnitOfWork) => HandlerContext;
}

/**
 * Runs handler functions, each in a unit of work, and appends all changes of one in one step. After a conflict, and
 * when two handlers wait for each other, the function runs again: nothing of its unit has been stored by then.
 */
export class FunctionCommandHandler {
  constructor(private readonly parts: HandlerFunctionParts) {}

  /**
   * Runs the function, and appends its changes. It is one async function: each costs as much as everything else that a
   * handler without aggregates needs.
   * @throws ConcurrencyError after the last attempt, AggregateAlreadyExistsError, DeadlockError, and whatever the
   * function throws
   */
  async [HANDLING](
    handler: FlowCommandHandler,
    message: CommandMessage,
    ownRetry: RetryRule | undefined,
  ): Promise<CommandOutcome> {
    const { expectedVersion, signal, retry } = message.options;
    const { running, contextOf, stores } = this.parts;
    const turns = new HeldTurns(this.parts.turns, message);
    running.begin();
    try {
      for (let attempt = 1; ; attempt++) {
        signal?.throwIfAborted();
        const unit = new UnitOfWork(stores, message, turns);
        try {
          if (turns.yielded) await turns.takeAgain();
          const context = contextOf(message, unit);
          const result = isLookedFor(unit)
            ? runWithin(unit, handler, message.command, context)
            : handler(message.command, context);
          const value = isPromise(result) ? await result : result;
          if (turns.yielded) throw turns.yielded;
          signal?.throwIfAborted();
          const returned = takeReturned(value, unit);
          const committed = unit.commit(returned.appends);
          return this.#outcome(isPromise(committed) ? await committed : committed, returned);
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
      running.end();
    }
  }

  #outcome(own: CommandOutcome, { outcome, recorded }: Returned): CommandOutcome {
    if (own.succeeded) {
      this.parts.recorded(own.events);
      return this.#read(own);
    }
    return outcome ?? (recorded.length === 0 ? own : this.#read(succeeded(recorded)));
  }

  /** Older code reads what is stored; the caller gets what handlers know. */
  #read(outcome: CommandOutcome): CommandOutcome {
    const read = this.parts.eventReader.readRecorded(outcome.events);
    return read === outcome.events ? outcome : succeeded(outcome.events, read);
  }
}

/** Not written out above: a function made there would cost each call a scope, also where it is not used. */
const runWithin = (unit: UnitOfWork, handler: FlowCommandHandler, command: object, context: HandlerContext): unknown =>
  runInUnit(unit, () => handler(command, context));
