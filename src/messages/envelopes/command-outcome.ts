import { jsonOf } from '../sealing/json';
import { type CommandOutcome } from './command';
import { type RecordedEvent } from './recorded-event';

/** As a class an outcome costs the same as an object literal, and `JSON.stringify` can write its positions. */
class Outcome implements CommandOutcome {
  declare readonly events: readonly RecordedEvent[];
  declare readonly succeeded: boolean;
  declare readonly aggregateId: string;
  declare readonly version: number;
  declare readonly position: bigint | undefined;

  constructor(
    events: readonly RecordedEvent[],
    succeeded: boolean,
    aggregateId: string,
    version: number,
    position: bigint | undefined,
  ) {
    this.events = events;
    this.succeeded = succeeded;
    this.aggregateId = aggregateId;
    this.version = version;
    this.position = position;
  }

  toJSON(): unknown {
    return jsonOf({ ...this });
  }
}

/**
 * The outcome of a command that led to events.
 * @param read the events as handlers know them, where others are stored
 */
export function succeeded(events: readonly RecordedEvent[], read = events): CommandOutcome {
  const { aggregateName, aggregateId } = events[0]!;
  let { version, position } = events[0]!;
  for (let index = 1; index < events.length; index++) {
    const event = events[index]!;
    if (event.aggregateId === aggregateId && event.aggregateName === aggregateName) version = event.version;
    position = event.position;
  }
  return new Outcome(read, true, aggregateId, version, position);
}

const NO_EVENTS: readonly RecordedEvent[] = Object.freeze([]);

/** The outcome of a command that led to none. */
export const failed = (aggregateId: string, version: number): CommandOutcome =>
  new Outcome(NO_EVENTS, false, aggregateId, version, undefined);
