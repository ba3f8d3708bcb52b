/**
 * What is known about an event beside its payload. A caller may add entries of its own, such as `actor` or `tenant`;
 * none means anything to the framework.
 */
export interface EventMetadata {
  /** The same for everything that follows from one first message. */
  readonly correlationId: string;
  /** The id of the message that directly caused this one: for an event, its command. */
  readonly causationId: string;
  /** The name of the command that was decided. */
  readonly commandName: string;
  /**
   * The id of the message that led to the command: of an event, or of the command whose handler dispatched it. Absent
   * where there is none.
   */
  readonly commandCausationId?: string;
  readonly [entry: string]: unknown;
}

/**
 * What the framework itself says of an event. It has a place of its own, so that no entry of a caller's metadata can be
 * taken for it.
 */
export interface EventMarks {
  /** The event deletes its aggregate: only `Repository.delete` records it. */
  readonly deleted?: true;
  /** The aggregate's state after the event, where a plain event carries it. */
  readonly state?: object;
}

/** An event as the store returns it: what happened, to which aggregate, when and why. Deeply frozen. */
export interface RecordedEvent<Payload extends object = object> {
  /** UUID; the same for a repeated command, see `commandId`. */
  readonly id: string;
  /** The durable name: the one given to `@Event`, else the class's name. */
  readonly name: string;
  /** The version of the payload's shape, 1 unless `@Event(name, { version })` says otherwise. */
  readonly schemaVersion: number;
  readonly aggregateName: string;
  readonly aggregateId: string;
  /** Place in the aggregate's stream, from 1, without gaps. */
  readonly version: number;
  /** Place among all events of the store, ascending from 1; a position can be missing, never used twice. */
  readonly position: bigint;
  /**
   * What happened, as data: an instance of the event class where this process has just recorded it, a plain object
   * where a database was read. Handlers and listeners are given instances.
   */
  readonly payload: Readonly<Payload>;
  readonly metadata: EventMetadata;
  /** Absent on most events. */
  readonly marks?: EventMarks;
  /** When the store accepted it, ISO 8601 in UTC. */
  readonly recordedAt: string;
}
