import {
  EventualityError,
  isPlainMessage,
  knownNames,
  listed,
  type RecordedEvent,
  shownText,
  shownValue,
} from '../messages';

/** Thrown when a command has no handler. */
export class UnknownCommandError extends EventualityError {
  readonly code = 'UNKNOWN_COMMAND';

  constructor(
    readonly commandName: string,
    known: Iterable<string>,
  ) {
    super(`No handler for the command '${shownText(commandName)}'. ${knownNames(commandName, known)}`);
  }
}

/** Thrown when a query has no handler. */
export class UnknownQueryError extends EventualityError {
  readonly code = 'UNKNOWN_QUERY';

  constructor(
    readonly queryName: string,
    known: Iterable<string>,
  ) {
    super(`No handler for the query '${shownText(queryName)}'. ${knownNames(queryName, known)}`);
  }
}

/** Thrown when a second handler is registered for a command or query. */
export class DuplicateHandlerError extends EventualityError {
  readonly code = 'DUPLICATE_HANDLER';

  constructor(readonly names: readonly string[]) {
    super(
      listed(
        names.map(
          name => `'${shownText(name)}' already has a handler; a command or query has exactly one. Remove the other.`,
        ),
      ),
    );
  }
}

/** Thrown when a Flow or a bus is configured incorrectly; `faults` lists all mistakes. */
export class InvalidConfigurationError extends EventualityError {
  readonly code = 'INVALID_CONFIGURATION';

  constructor(
    what: string,
    readonly faults: readonly string[],
  ) {
    super(`${what} cannot be created: ${listed(faults)}`);
  }
}

/** Thrown when a command or query arrives after `flow.close()`. */
export class FlowClosedError extends EventualityError {
  readonly code = 'FLOW_CLOSED';

  constructor(message: unknown) {
    super(`${nameOf(message)} arrived after the flow was closed. Close the flow when no more messages can arrive.`);
  }
}

/**
 * Thrown when a handler or listener awaits `flow.close()`, which waits for that handler. The flow closes when the
 * handler ends.
 */
export class CloseWithinHandlerError extends EventualityError {
  readonly code = 'CLOSE_WITHIN_HANDLER';

  constructor() {
    super(
      'A handler awaited flow.close(), which waits for the handler. Call it without await: the flow closes when the handler ends.',
    );
  }
}

/** Thrown when a listener dispatches or queries, but its event bus belongs to no Flow. */
export class NoFlowError extends EventualityError {
  readonly code = 'NO_FLOW';

  constructor() {
    super(
      'This event bus belongs to no Flow, so its listeners cannot dispatch or query. Pass it to a Flow, or publish with a context.',
    );
  }
}

/**
 * Reported to the logger and to `onError` when a listener delays `drain({ timeout })`, and so `flow.close()`, for too
 * long. The listener is no longer waited for.
 */
export class ListenerTimeoutError extends EventualityError {
  readonly code = 'LISTENER_TIMEOUT';

  constructor(
    /** The name of its function. */
    readonly listener: string,
    /** The event that it is still handling. */
    readonly event: RecordedEvent,
    /** Milliseconds. */
    readonly timeout: number,
    /** How many events wait behind this one, and are lost when the process exits. */
    readonly waiting: number,
  ) {
    super(
      `The listener '${shownText(listener)}' has not returned from ${shownText(event.name)} within ${timeout} ms, the time to wait for listeners; ` +
        `${waiting} more events wait for it. Set a timeout on what the listener calls, or raise closeTimeout.`,
    );
  }
}

/** Names a command or query, whatever value was passed as one. */
function nameOf(message: unknown): string {
  if (typeof message !== 'object' || message === null) return shownValue(message);
  try {
    return `'${shownText(isPlainMessage(message) ? message.name : message.constructor.name)}'`;
  } catch {
    return shownValue(message);
  }
}

/** Thrown by `schedule`, `unschedule` and `recurring` of a flow without the option `scheduling`. */
export class NotSchedulingError extends EventualityError {
  readonly code = 'NOT_SCHEDULING';

  constructor(what: string) {
    super(
      `${what} needs a flow that carries out scheduled commands. Set { scheduling: true } in every process of the application, so that each of ` +
        'them can take over.',
    );
  }
}
