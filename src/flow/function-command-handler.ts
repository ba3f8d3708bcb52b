import { type CommandMessage, type CommandOutcome, isPlainEvent, type RecordedEvent } from '../messages';
import { InvalidDecisionError } from '../model';
import { asOrigin, type HandlerContext, type Origin, pauseAfterConflict, succeeded, TRIES, UnitOfWork } from '../repository';
import { ConcurrencyError, type EventStore, type StreamAppend } from '../store';

/** Handles a command outside of an aggregate: changes aggregates through repositories, or returns plain events. */
export type FlowCommandHandler<C extends object = any> = (command: C, context: HandlerContext) => unknown;

/** What a handler function led to; events that were published elsewhere are not published again. */
interface Result {
  readonly outcome: CommandOutcome;
  readonly published: boolean;
}

/**
 * Runs a handler function in a unit of work and appends all that it changed in one step. When a stream had moved on, the
 * function runs again, unless a repository outside of the unit has stored something meanwhile.
 */
export async function runHandlerFunction(
  handler: FlowCommandHandler,
  message: CommandMessage,
  store: EventStore,
  contextOf: (unit: UnitOfWork) => HandlerContext,
): Promise<Result> {
  const { expectedVersion, signal } = message.options;
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    const unit = new UnitOfWork(store, message);
    try {
      const returned = await asOrigin(unit.origin, () => handler(message.command, contextOf(unit)));
      signal?.throwIfAborted();
      return await conclude(returned, unit);
    } catch (error) {
      const again = error instanceof ConcurrencyError && attempt < TRIES && expectedVersion === undefined && !unit.origin.recorded;
      if (!again) throw error;
      await pauseAfterConflict(attempt, signal);
    } finally {
      unit.close();
    }
  }
}

async function conclude(returned: unknown, unit: UnitOfWork): Promise<Result> {
  if (isOutcome(returned)) {
    const own = await unit.commit();
    return own.succeeded ? { outcome: own, published: false } : { outcome: returned, published: true };
  }
  const { recorded, appends } = sorted(returned, unit.origin);
  const outcome = await unit.commit(appends);
  if (recorded.length === 0) return { outcome, published: unit.repeated };
  return { outcome: succeeded([...recorded, ...outcome.events]), published: false };
}

/** Sorts what a handler function returned into events that are stored already and plain events that are to be stored. */
function sorted(returned: unknown, origin: Origin): { recorded: RecordedEvent[]; appends: StreamAppend[] } {
  const recorded: RecordedEvent[] = [];
  const appends = new Map<string, StreamAppend>();
  const { name } = origin.message;
  if (returned === undefined || returned === null) return { recorded, appends: [] };
  for (const event of Array.isArray(returned) ? returned : [returned]) {
    if (isRecorded(event)) recorded.push(event);
    else if (typeof event === 'object' && event !== null && isPlainEvent(event) && event.aggregateName) {
      const stream = { aggregateName: event.aggregateName, aggregateId: event.aggregateId };
      const key = JSON.stringify([stream.aggregateName, stream.aggregateId]);
      const events = origin.newEvents([
        { name: event.name, schemaVersion: 1, payload: event.payload, ...(event.state && { state: event.state }) },
      ]);
      appends.set(key, { stream, expected: 'any', events: [...(appends.get(key)?.events ?? []), ...events] });
    } else throw new InvalidDecisionError(`The handler of ${name}`, event);
  }
  return { recorded, appends: [...appends.values()] };
}

const isRecorded = (value: unknown): value is RecordedEvent =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as RecordedEvent).position === 'bigint' &&
  typeof (value as RecordedEvent).version === 'number';

const isOutcome = (value: unknown): value is CommandOutcome =>
  typeof value === 'object' && value !== null && 'succeeded' in value && Array.isArray((value as CommandOutcome).events);
