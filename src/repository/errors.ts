import { EventualityError, shownText, shownWithType } from '../messages';

/** Thrown when the repository of a command is used after its handler has returned. */
export class UnitOfWorkClosedError extends EventualityError {
  readonly code = 'UNIT_OF_WORK_CLOSED';

  constructor(commandName: string) {
    super(
      `A repository was used by the handler of ${shownText(commandName)} after it had returned. Await everything inside the handler.`,
    );
  }
}

/** Thrown when a repository is given something that is not one of its aggregates. */
export class ForeignAggregateError extends EventualityError {
  readonly code = 'FOREIGN_AGGREGATE';

  constructor(aggregateName: string, value: unknown) {
    super(
      `The repository of ${aggregateName} was given ${shownWithType(value)}. Give it an aggregate that it loaded, or a new one of its class.`,
    );
  }
}

/** Thrown when an aggregate without any event is to be added: nothing would be stored of it. */
export class NothingToAddError extends EventualityError {
  readonly code = 'NOTHING_TO_ADD';

  constructor(aggregateName: string, aggregateId: string) {
    super(
      `${aggregateName} '${shownText(aggregateId)}' was added without an event, so there is nothing to store. Apply its first event before.`,
    );
  }
}
