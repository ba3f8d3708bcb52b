import { EventualityError, shownText } from '../messages';

/**
 * Thrown when a handler dispatches a command to the very aggregate that is waiting for it: neither could ever go on.
 */
export class ReentrantCommandError extends EventualityError {
  readonly code = 'REENTRANT_COMMAND';

  constructor(inner: string, outer: string, aggregateName: string, aggregateId: string) {
    super(
      `${shownText(inner)} was dispatched to ${aggregateName} '${shownText(aggregateId)}' while that aggregate still handles ${shownText(outer)}. ` +
        'Apply the event in the first handler, or dispatch the command from a listener.',
    );
  }
}

/** A turn that a command waits for: the aggregate, and the command that has it. */
export interface AwaitedTurn {
  readonly aggregateName: string;
  readonly aggregateId: string;
  readonly commandName: string;
}

/**
 * Thrown when commands wait for each other: each handles an aggregate, and its handler waits for a command to the
 * aggregate of another.
 */
export class DeadlockError extends EventualityError {
  readonly code = 'DEADLOCK';

  constructor(
    readonly commandName: string,
    /** What the command would have waited for, and what those wait for in turn. */
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
 * Thrown inside of a handler that has to give its turns back, because it and another one wait for each other: it runs
 * again.
 */
export class TurnsYieldedError extends EventualityError {
  readonly code = 'TURNS_YIELDED';

  constructor(commandName: string) {
    super(
      `${shownText(commandName)} waits for a command that waits for it. Let this error pass: the handler is run again.`,
    );
  }
}

/**
 * Thrown when a `commandId` was used before, by a command of another name, target or content, or so long ago that its
 * outcome is gone.
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
      `${shownText(commandName)} has the commandId '${shownText(commandId)}', ${reason}. Give each command an id of its own, and repeat a command as it was.`,
      {
        cause,
      },
    );
  }
}
