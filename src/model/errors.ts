import { EventualityError, listed, shownText, shownWithKeys, shownWithType } from '../messages';

/** Thrown when a command, or `load`, asks for an aggregate that has no events or was deleted. */
export class AggregateNotFoundError extends EventualityError {
  readonly code = 'AGGREGATE_NOT_FOUND';

  constructor(
    readonly aggregateName: string,
    readonly aggregateId: string,
    readonly deleted = false,
  ) {
    super(
      deleted
        ? `${aggregateName} '${shownText(aggregateId)}' was deleted; its id is not used again.`
        : `${aggregateName} '${shownText(aggregateId)}' does not exist. Create it first, or let the command handler create it: { creates: true }.`,
    );
  }
}

/** Thrown when an aggregate is to be created under an id that is taken. */
export class AggregateAlreadyExistsError extends EventualityError {
  readonly code = 'AGGREGATE_ALREADY_EXISTS';

  constructor(
    readonly aggregateName: string,
    readonly aggregateId: string,
    deleted = false,
  ) {
    super(
      deleted
        ? `${aggregateName} '${shownText(aggregateId)}' was deleted; its id is not used again. Use another id.`
        : `${aggregateName} '${shownText(aggregateId)}' exists already. Use another id, or { creates: 'if-missing' } when either is fine.`,
    );
  }
}

/** Thrown when a message does not say which aggregate it is for. */
export class MissingAggregateIdError extends EventualityError {
  readonly code = 'MISSING_AGGREGATE_ID';

  constructor(aggregateName: string, source: string, value: unknown) {
    super(
      `${shownText(source)} names no ${aggregateName}: its id is ${value === '' ? 'empty' : shownWithType(value)}, it must be text of 1 to 255 characters. ` +
        `Give it an 'id', or say where the id is: @Aggregate(name, { id: command => ... }) or { target: command => ... }.`,
    );
  }
}

/** Thrown when a handler returns, or applies, something that is not an event. */
export class InvalidDecisionError extends EventualityError {
  readonly code = 'INVALID_DECISION';

  constructor(aggregateName: string, value: unknown) {
    super(
      `${aggregateName} decided on ${shownWithKeys(value)}, which is no event. Return an instance of an event class, Event({ ... }), a list of these, or nothing.`,
    );
  }
}

/** Thrown when an aggregate is given an event that says it is another one's. */
export class ForeignEventError extends EventualityError {
  readonly code = 'FOREIGN_EVENT';

  constructor(eventName: string, owner: string, aggregate: string) {
    super(
      `The event ${eventName} of ${owner} was applied to ${aggregate}. An aggregate decides on its own events: { aggregateId: this.id }.`,
    );
  }
}

/** Thrown when an aggregate is declared wrongly; all its faults are listed. */
export class InvalidAggregateError extends EventualityError {
  readonly code = 'INVALID_AGGREGATE';

  constructor(
    aggregateName: string,
    readonly faults: readonly string[],
  ) {
    super(`${shownText(aggregateName) || 'What was given'} cannot be used as an aggregate: ${listed(faults)}`);
  }
}

/**
 * Reported to the logger when an aggregate cannot be kept as a snapshot without losing a part of it; it works on,
 * without one.
 */
export class SnapshotRefusedError extends EventualityError {
  readonly code = 'SNAPSHOT_REFUSED';

  constructor(
    readonly aggregateName: string,
    /** Absent when none can be taken of any aggregate of this name. */
    readonly aggregateId: string | undefined,
    reason: string,
    cause?: unknown,
  ) {
    super(
      `No snapshot is taken of ${aggregateName}${aggregateId === undefined ? '' : ` '${shownText(aggregateId)}'`}: ${reason}. ` +
        'Say how it is kept: { snapshot: { every, version, take: state => data, restore: (state, data) => ... } }.',
      { cause },
    );
  }
}
