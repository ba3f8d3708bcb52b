import { EventualityError, shownText, shownWithType } from '../messages';

/** Thrown when a handler dispatches a command to the very aggregate that is waiting for it: neither could ever go on. */
export class ReentrantCommandError extends EventualityError {
  readonly code = 'REENTRANT_COMMAND';

  constructor(inner: string, outer: string, aggregateName: string, aggregateId: string) {
    super(
      `${shownText(inner)} was dispatched to ${aggregateName} '${shownText(aggregateId)}' while that aggregate still handles ${shownText(outer)}. ` +
        'Apply the event in the first handler, or dispatch the command from a listener.',
    );
  }
}

/** Thrown when the repository of a command is used after its handler has returned. */
export class UnitOfWorkClosedError extends EventualityError {
  readonly code = 'UNIT_OF_WORK_CLOSED';

  constructor(commandName: string) {
    super(
      `A repository of the command ${shownText(commandName)} was used after its handler had returned. Await everything inside the handler.`,
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
