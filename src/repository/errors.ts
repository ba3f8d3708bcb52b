import { EventualityError, shownText, shownWithType } from '../messages';

/** Thrown when the repository of a command is used after its handler has returned. */
export class UnitOfWorkClosedError extends EventualityError {
  readonly code = 'UNIT_OF_WORK_CLOSED';

  constructor(commandName: string) {
    super(
      `The handler of ${shownText(commandName)} used a repository after it had returned. Await everything inside the handler.`,
    );
  }
}

/** Thrown when a repository receives something that is not one of its aggregates. */
export class ForeignAggregateError extends EventualityError {
  readonly code = 'FOREIGN_AGGREGATE';

  constructor(aggregateName: string, value: unknown) {
    super(
      `The repository of ${aggregateName} received ${shownWithType(value)}. Pass an aggregate that it loaded, or a new one of its class.`,
    );
  }
}

/** Thrown when an aggregate without events is added: there would be nothing to store. */
export class NothingToAddError extends EventualityError {
  readonly code = 'NOTHING_TO_ADD';

  constructor(aggregateName: string, aggregateId: string) {
    super(
      `${aggregateName} '${shownText(aggregateId)}' was added without events, so there is nothing to store. Apply its first event before adding it.`,
    );
  }
}
