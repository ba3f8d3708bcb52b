/**
 * The metadata of an event. Callers may add entries, such as `actor` or `tenant`, which have no meaning for the
 * framework.
 */
export interface EventMetadata {
  /** The same for all messages that follow from one first message. */
  readonly correlationId: string;
  /** The id of the message that directly caused this one: for an event, its command. */
  readonly causationId: string;
  /** The name of the command that led to the event. */
  readonly commandName: string;
  /**
   * The id of the message that caused the command: of an event, or of the command whose handler dispatched it. Absent
   * if there is none.
   */
  readonly commandCausationId?: string;
  readonly [entry: string]: unknown;
}

/**
 * What the framework says about an event. Marks are separate from metadata, so that no entry of a caller can be taken
 * for one.
 */
export interface EventMarks {
  /** Set on the event that deletes its aggregate; only `Repository.delete` records it. */
  readonly deleted?: true;
  /** The aggregate's state after the event, if a plain event carries it. */
  readonly state?: object;
}

/** An event as the store returns it: what happened, to which aggregate, when and why. Deeply frozen. */
export interface RecordedEvent<Payload extends object = object> {
  /** A UUID; the same when a command is repeated, see `commandId`. */
  readonly id: string;
  /** The durable name: the one given to `@Event`, otherwise the class name. */
  readonly name: string;
  /** The version of the payload's shape: that of `@Event(name, { version })`, otherwise 1. */
  readonly schemaVersion: number;
  readonly aggregateName: string;
  readonly aggregateId: string;
  /** The place in the aggregate's stream, from 1, without gaps. */
  readonly version: number;
  /** The place among all events of the store, ascending from 1. Positions may have gaps and are never reused. */
  readonly position: bigint;
  /**
   * The payload, as data: an instance of the event class if this process has just recorded the event, a plain object if
   * it was read from a database. Handlers and listeners receive instances.
   */
  readonly payload: Readonly<Payload>;
  readonly metadata: EventMetadata;
  /** Absent on most events. */
  readonly marks?: EventMarks;
  /** When the store accepted it, ISO 8601 in UTC. */
  readonly recordedAt: string;
  /**
   * Which part of a stored event this is, from 1, and of how many: for handlers, where an upcaster splits the stored
   * event. All parts have the id, the version and the position of the stored event.
   */
  readonly part?: number;
  readonly parts?: number;
}
