import { EventualityError, listed, shownText } from '../../../messages';

/** Thrown when a handler of a process returns what is no decision, or one that cannot be stored; `faults` lists all. */
export class InvalidProcessDecisionError extends EventualityError {
  readonly code = 'INVALID_PROCESS_DECISION';

  constructor(
    readonly process: string,
    readonly instance: string,
    readonly faults: readonly string[],
  ) {
    super(
      `The process '${shownText(process)}' cannot do what it decided for '${shownText(instance)}': ${listed(faults)}`,
    );
  }
}

/**
 * The reason why an instance is parked whose process has the option `park` for such an event: it starts one that runs
 * or has ended, or is for one that does not exist.
 */
export class UnexpectedEventError extends EventualityError {
  readonly code = 'UNEXPECTED_EVENT';

  constructor(process: string, instance: string, event: string, because: string) {
    super(
      `The event ${shownText(event)} is not expected by '${shownText(instance)}' of the process ` +
        `'${shownText(process)}': ${because}. Discard the event, or end the instance.`,
    );
  }
}

/** The reason why an instance is parked: a command threw, and the process has no `@Rejected` handler for it. */
export class CommandRejectedError extends EventualityError {
  readonly code = 'COMMAND_REJECTED';

  constructor(process: string, instance: string, command: string, reason: string) {
    super(
      `The command ${shownText(command)} of '${shownText(instance)}' failed: ${reason.replace(/\.$/, '')}. The process ` +
        `'${shownText(process)}' has no @Rejected handler for it. Retry sends it again; discard goes on without it.`,
    );
  }
}

/** The reason why an instance is parked: handlers of another version cannot take its earlier inputs. */
export class RefoldError extends EventualityError {
  readonly code = 'REFOLD';

  constructor(process: string, instance: string, version: number, cause: unknown, reason: string) {
    super(
      `Version ${version} of the process '${shownText(process)}' cannot make the state of '${shownText(instance)}' from its inputs: ${reason}.`,
      { cause },
    );
  }
}

/** Thrown when `correlate` throws, or returns neither text of 1 to 255 characters nor undefined. */
export class InvalidCorrelationError extends EventualityError {
  readonly code = 'INVALID_CORRELATION';

  constructor(process: string, event: string, position: bigint, gave: string, cause?: unknown) {
    super(
      `correlate of '${shownText(process)}' ${gave} for ${shownText(event)} at position ${position}; it must return the key of an ` +
        'instance, text of 1 to 255 characters without NUL, or undefined.',
      { cause },
    );
  }
}

/** Thrown by `flow.processManagers.of(...)` for what is no process manager of the flow. */
export class UnknownProcessError extends EventualityError {
  readonly code = 'UNKNOWN_PROCESS';
}
