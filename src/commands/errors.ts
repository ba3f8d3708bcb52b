import { EventualityError, shownText } from '../messages';

/** Thrown when a handler awaits a command to its own aggregate, which waits for the handler. */
export class ReentrantCommandError extends EventualityError {
  readonly code = 'REENTRANT_COMMAND';

  constructor(inner: string, outer: string, aggregateName: string, aggregateId: string) {
    super(
      `${shownText(inner)} was dispatched to ${aggregateName} '${shownText(aggregateId)}' while that aggregate still handled ${shownText(outer)}. ` +
        'Apply the event in the first handler, or dispatch the command from a listener.',
    );
  }
}

/** A turn that a command waits for: the aggregate, and the command that holds its turn. */
export interface AwaitedTurn {
  readonly aggregateName: string;
  readonly aggregateId: string;
  readonly commandName: string;
}

/**
 * Thrown when commands wait for each other in a cycle: each handles an aggregate, and its handler waits for a command
 * to the aggregate of the next one.
 */
export class DeadlockError extends EventualityError {
  readonly code = 'DEADLOCK';

  constructor(
    readonly commandName: string,
    /** The turn that the command would have waited for, then the one that its holder waits for, and so on. */
    readonly turns: readonly AwaitedTurn[],
  ) {
    const steps = turns.map(
      ({ aggregateName, aggregateId, commandName }) =>
        `${aggregateName} '${shownText(aggregateId)}', which handles ${shownText(commandName)}`,
    );
    super(
      `${shownText(commandName)} would wait for ${steps.join('; that waits for ')}; and that waits for it. ` +
        'Do not await a command inside the handler of another aggregate: dispatch it from a listener, or change both aggregates in one handler.',
    );
  }
}

/**
 * Thrown inside a handler that has to give its turns back, because it and another handler wait for each other. Do not
 * catch it: the handler runs again.
 */
export class TurnsYieldedError extends EventualityError {
  readonly code = 'TURNS_YIELDED';

  constructor(commandName: string) {
    super(
      `${shownText(commandName)} waits for a command that waits for it. Do not catch this error: the handler runs again.`,
    );
  }
}

/**
 * Thrown when a `commandId` was used before, by a command with another name, target or content, or so long ago that its
 * outcome is no longer kept.
 */
export class CommandIdReusedError extends EventualityError {
  readonly code = 'COMMAND_ID_REUSED';

  constructor(
    readonly commandId: string,
    commandName: string,
    reason: string,
    cause?: unknown,
  ) {
    super(
      `${shownText(commandName)} has the commandId '${shownText(commandId)}', ${reason}. Use a different id for each command, and repeat a command unchanged.`,
      {
        cause,
      },
    );
  }
}
