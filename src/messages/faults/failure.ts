import type { RecordedEvent } from '../envelopes/recorded-event';
import { consoleLogger, type Logger } from '../logger';
import { shownText } from './shown';

/** What failed, and with which event. */
export type FailureContext =
  | ListenerFailure
  | EventProcessorFailure
  | InlineProjectionFailure
  | EventStoreFailure
  | SnapshotFailure
  | DisposalFailure
  | CommandFailure;

/** A listener on the event bus that failed. The event is not delivered to it again. */
export interface ListenerFailure {
  readonly kind: 'listener';
  /** The name of the function; `Class.method` for a decorated one. */
  readonly name: string;
  readonly event: RecordedEvent;
}

/** A projection or a reactor that failed: its handler, or, without an `event`, its store, which is tried again. */
export interface EventProcessorFailure {
  readonly kind: 'projection' | 'reactor' | 'process';
  readonly name: string;
  readonly event?: RecordedEvent;
  /** The segment whose store failed. */
  readonly segment?: number;
  /** The key of the sequence that the event belongs to. */
  readonly sequence?: string;
  readonly position?: bigint;
}

/** An inline projection that failed. */
export interface InlineProjectionFailure {
  readonly kind: 'inline-projection';
  readonly name: string;
  readonly event: RecordedEvent;
  readonly position?: bigint;
}

/** The known events were replaced, or are gone: what this process knew of them is invalid. */
export interface EventStoreFailure {
  readonly kind: 'event-store';
  /** The name of the store's class. */
  readonly name: string;
  readonly event?: undefined;
}

/** A snapshot that could not be taken, loaded, read or deleted. The aggregate is loaded from its events instead. */
export interface SnapshotFailure {
  readonly kind: 'snapshot';
  /** The name of the aggregate. */
  readonly name: string;
  /** Undefined if the aggregate can have no snapshots at all. */
  readonly aggregateId?: string;
  readonly event?: undefined;
}

/** A `dispose()` of an object that the container made. */
export interface DisposalFailure {
  readonly kind: 'disposal';
  /** The name of the object's class, or of the container's if that does not tell which object failed. */
  readonly name: string;
  readonly event?: undefined;
}

/** A command with an id whose claim could not be renewed or released; the claim expires by itself. */
export interface CommandFailure {
  readonly kind: 'command';
  readonly name: string;
  readonly commandId: string;
  readonly event?: undefined;
}

/**
 * Called for each failure that no caller sees, of your code or in the background, and once when the store's events turn
 * out to have been replaced. An error that it throws or rejects with is logged and has no other effect.
 */
export type OnError = (error: unknown, context: FailureContext) => unknown;

/** Where failures are reported. */
export interface FailureReporting {
  /** Default the console. */
  readonly logger?: Logger | undefined;
  readonly onError?: OnError | undefined;
}

const WORDS: Record<FailureContext['kind'], string> = {
  listener: 'listener',
  projection: 'projection',
  reactor: 'reactor',
  process: 'process manager',
  'inline-projection': 'inline projection',
  'event-store': 'event store',
  snapshot: 'snapshot of',
  disposal: 'dispose() of',
  command: 'command',
};

/** How a failure is logged. */
export interface FailureLine {
  readonly level: 'error' | 'warn';
  readonly message: string;
}

/**
 * Reports a failure of user code to the logger and to the hook, independently of each other; never throws.
 * `consequence` says what follows from it, as the end of the message's sentence: `'its sequence is parked'`.
 */
export function reportFailure(
  error: unknown,
  context: FailureContext,
  reporting: FailureReporting,
  consequence?: string,
): void {
  const message = `The ${WORDS[context.kind]} '${shownText(context.name)}' failed${placeOf(context)}${consequence ? `; ${consequence}` : ''}.`;
  reportAs({ level: 'error', message }, error, context, reporting);
}

/** As {@link reportFailure}, with its own line in the log. */
export function reportAs(
  { level, message }: FailureLine,
  error: unknown,
  context: FailureContext,
  { logger = consoleLogger, onError }: FailureReporting,
): void {
  safely('The logger', () => logger[level]({ error, ...detailsOf(context) }, message));
  if (onError) tellHook(onError, error, context);
}

/** Calls a hook; never throws. */
export function tellHook(onError: OnError, error: unknown, context: FailureContext): void {
  safely('The error hook', () => onError(error, context));
}

function placeOf({ event }: FailureContext): string {
  if (!event) return '';
  return ` with ${shownText(event.name)} of ${shownText(event.aggregateName)} '${shownText(event.aggregateId)}', version ${event.version}`;
}

/** Without the payload, which may be secret, and without BigInts, which JSON does not support. */
function detailsOf(context: FailureContext): object {
  const { event, ...rest } = context;
  const position = ('position' in context ? context.position : undefined) ?? event?.position;
  return {
    ...rest,
    ...(event && { event: placed(event) }),
    ...(position !== undefined && { position: String(position) }),
  };
}

const placed = ({ name, aggregateName, aggregateId, version }: RecordedEvent): object => ({
  name,
  aggregateName,
  aggregateId,
  version,
});

/** A failure here is reported to the console, the only place left; a failure of that is ignored. */
function safely(what: string, call: () => unknown): void {
  const failed = (error: unknown): void => {
    try {
      consoleLogger.error({ error }, `${what} failed while a failure was reported.`);
    } catch {}
  };
  try {
    const result = call() as Promise<unknown> | undefined;
    if (typeof result?.then === 'function') result.then(undefined, failed);
  } catch (error) {
    failed(error);
  }
}
