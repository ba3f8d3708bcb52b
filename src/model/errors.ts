import { EventualityError, knownNames, listed, NAMES, shownText, shownWithKeys, shownWithType } from '../messages';

/** Thrown when a command or `load` needs an aggregate that has no events or was deleted. */
export class AggregateNotFoundError extends EventualityError {
  readonly code = 'AGGREGATE_NOT_FOUND';

  constructor(
    readonly aggregateName: string,
    readonly aggregateId: string,
    readonly deleted = false,
  ) {
    super(
      deleted
        ? `${aggregateName} '${shownText(aggregateId)}' was deleted; its id cannot be used again.`
        : `${aggregateName} '${shownText(aggregateId)}' does not exist. Create it first, or let the command handler create it: { creates: true }.`,
    );
  }
}

/** Thrown when an aggregate is created with an id that is, or was, in use. */
export class AggregateAlreadyExistsError extends EventualityError {
  readonly code = 'AGGREGATE_ALREADY_EXISTS';

  constructor(
    readonly aggregateName: string,
    readonly aggregateId: string,
    deleted = false,
  ) {
    super(
      deleted
        ? `${aggregateName} '${shownText(aggregateId)}' was deleted; its id cannot be used again. Use another id.`
        : `${aggregateName} '${shownText(aggregateId)}' already exists. Use another id, or { creates: 'if-missing' } if an existing one is acceptable.`,
    );
  }
}

/** Thrown when a message does not say which aggregate it is for. */
export class MissingAggregateIdError extends EventualityError {
  readonly code = 'MISSING_AGGREGATE_ID';

  constructor(aggregateName: string, source: string, value: unknown) {
    super(
      `${shownText(source)} does not name a ${aggregateName}: the id is ${value === '' ? 'empty' : shownWithType(value)}; it must be ${NAMES}. ` +
        `Add an 'id', or configure where the id is: @Aggregate(name, { id: command => ... }) or { target: command => ... }.`,
    );
  }
}

/** Thrown when a handler returns, or applies, something that is not an event. */
export class InvalidDecisionError extends EventualityError {
  readonly code = 'INVALID_DECISION';

  constructor(aggregateName: string, value: unknown) {
    super(
      `${aggregateName} decided on ${shownWithKeys(value)}, which is not an event. Return an instance of an event class, Event({ ... }), a list of these, or nothing.`,
    );
  }
}

/** Thrown when a plain event that names one aggregate is applied to another. */
export class ForeignEventError extends EventualityError {
  readonly code = 'FOREIGN_EVENT';

  constructor(eventName: string, owner: string, aggregate: string) {
    super(
      `The event ${eventName} of ${owner} was applied to ${aggregate}. An aggregate applies only its own events: { aggregateId: this.id }.`,
    );
  }
}

/** Thrown when the stream of an aggregate that declares its events holds an event of another name. */
export class UndeclaredEventError extends EventualityError {
  readonly code = 'UNDECLARED_EVENT';

  constructor(
    readonly aggregateName: string,
    readonly eventName: string,
    declared: Iterable<string>,
  ) {
    super(
      `A stored event '${shownText(eventName)}' of ${shownText(aggregateName)} is none that it handles or declares, so its state cannot be known. ` +
        `${knownNames(eventName, declared)} Add it to 'events', or an upcaster that renames or drops it; if newer code stored it, deploy that code here too.`,
    );
  }
}

/** Thrown when an aggregate is declared incorrectly; `faults` lists all mistakes. */
export class InvalidAggregateError extends EventualityError {
  readonly code = 'INVALID_AGGREGATE';

  constructor(
    aggregateName: string,
    readonly faults: readonly string[],
  ) {
    super(`${shownText(aggregateName) || 'The value'} cannot be used as an aggregate: ${listed(faults)}`);
  }
}

/**
 * Reported to the logger when an aggregate cannot be stored as a snapshot without losing a part of its state. The
 * aggregate works without snapshots.
 */
export class SnapshotRefusedError extends EventualityError {
  readonly code = 'SNAPSHOT_REFUSED';

  constructor(
    readonly aggregateName: string,
    /** Undefined when no aggregate of this name can have a snapshot. */
    readonly aggregateId: string | undefined,
    reason: string,
    cause?: unknown,
  ) {
    super(
      `No snapshot is taken of ${aggregateName}${aggregateId === undefined ? '' : ` '${shownText(aggregateId)}'`}: ${reason}. ` +
        'Define how to store it: { snapshot: { every, version, take: state => data, restore: (state, data) => ... } }.',
      { cause },
    );
  }
}
