import { EventualityError, listed, shownText } from '../../../messages';

/** Thrown when a process handler returns no valid decision, or one that cannot be stored; `faults` lists all faults. */
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
 * Parks an instance when an event is not expected and the process has the option `park` for it: the event starts an
 * instance that is running or has ended, or its instance does not exist.
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

/** Parks an instance when a command threw and the process has no `@Rejected` handler for it. */
export class CommandRejectedError extends EventualityError {
  readonly code = 'COMMAND_REJECTED';

  constructor(process: string, instance: string, command: string, reason: string) {
    super(
      `The command ${shownText(command)} of '${shownText(instance)}' failed: ${reason.replace(/\.$/, '')}. The process ` +
        `'${shownText(process)}' has no @Rejected handler for it. Retry sends it again; discard goes on without it.`,
    );
  }
}

/** Parks an instance when the handlers of another version cannot handle its earlier inputs. */
export class RefoldError extends EventualityError {
  readonly code = 'REFOLD';

  constructor(process: string, instance: string, version: number, cause: unknown, reason: string) {
    super(
      `Version ${version} of the process '${shownText(process)}' cannot compute the state of '${shownText(instance)}' from its inputs: ${reason}.`,
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

/** Thrown by `flow.processManagers.of(...)` if the flow has no such process manager. */
export class UnknownProcessError extends EventualityError {
  readonly code = 'UNKNOWN_PROCESS';
}
