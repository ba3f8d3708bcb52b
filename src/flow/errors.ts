import {
  EventualityError,
  isPlainMessage,
  knownNames,
  listed,
  type RecordedEvent,
  shownText,
  shownValue,
} from '../messages';

/** Thrown when nobody handles a command. */
export class UnknownCommandError extends EventualityError {
  readonly code = 'UNKNOWN_COMMAND';

  constructor(
    readonly commandName: string,
    known: Iterable<string>,
  ) {
    super(`No handler for the command '${shownText(commandName)}'. ${knownNames(commandName, known)}`);
  }
}

/** Thrown when nobody answers a query. */
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
          name => `'${shownText(name)}' has a handler already; a command or query has exactly one. Remove the other.`,
        ),
      ),
    );
  }
}

/** Thrown when a Flow or a bus is given something that it cannot work with; all faults are listed. */
export class InvalidConfigurationError extends EventualityError {
  readonly code = 'INVALID_CONFIGURATION';

  constructor(
    what: string,
    readonly faults: readonly string[],
  ) {
    super(`${what} cannot be made: ${listed(faults)}`);
  }
}

/** Thrown when a command or query comes after `flow.close()`. */
export class FlowClosedError extends EventualityError {
  readonly code = 'FLOW_CLOSED';

  constructor(message: unknown) {
    super(`${nameOf(message)} came after the flow was closed. Close it when nothing dispatches any more.`);
  }
}

/**
 * Thrown when a handler or listener awaits `flow.close()`, which waits for that handler. The flow closes all the same.
 */
export class CloseWithinHandlerError extends EventualityError {
  readonly code = 'CLOSE_WITHIN_HANDLER';

  constructor() {
    super(
      'A handler awaited flow.close(), which waits for the handler. Call it without awaiting it: the flow closes when the handler is done.',
    );
  }
}

/** Thrown when a listener of an event bus that belongs to no Flow dispatches or asks. */
export class NoFlowError extends EventualityError {
  readonly code = 'NO_FLOW';

  constructor() {
    super(
      'This event bus is used alone: there is no flow to dispatch to. Give it to a Flow, or publish with a context.',
    );
  }
}

/**
 * Reported to the logger and the hooks when a listener holds up `drain({ timeout })`, and so `flow.close()`, for too
 * long; it is left behind.
 */
export class ListenerTimeoutError extends EventualityError {
  readonly code = 'LISTENER_TIMEOUT';

  constructor(
    /** The name of its function. */
    readonly listener: string,
    /** What it has not returned from. */
    readonly event: RecordedEvent,
    /** Milliseconds. */
    readonly timeout: number,
    /** How many events wait behind this one, and are lost when the process exits. */
    readonly waiting: number,
  ) {
    super(
      `The listener '${shownText(listener)}' has not returned from ${shownText(event.name)}, and the time to wait for listeners, ${timeout} ms, is ` +
        `over; ${waiting} more events wait for it. Let it give up by itself (a timeout of what it calls), or raise closeTimeout.`,
    );
  }
}

/** Names a command or query, whatever was given as one. */
function nameOf(message: unknown): string {
  if (typeof message !== 'object' || message === null) return shownValue(message);
  try {
    return `'${shownText(isPlainMessage(message) ? message.name : message.constructor.name)}'`;
  } catch {
    return shownValue(message);
  }
}
