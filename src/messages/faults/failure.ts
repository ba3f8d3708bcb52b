import type { RecordedEvent } from '../envelopes/recorded-event';
import { consoleLogger, type Logger } from '../logger';
import { shownText } from './shown';

/** What failed, and with which event. */
export type FailureContext = ListenerFailure | EventProcessorFailure | InlineProjectionFailure | EventStoreFailure;

/** A listener on the event bus that failed. The event is not delivered to it again. */
export interface ListenerFailure {
  readonly kind: 'listener';
  /** The name of the function; `Class.method` for a decorated one. */
  readonly name: string;
  readonly event: RecordedEvent;
}

/** A projection or a reactor that failed. */
export interface EventProcessorFailure {
  readonly kind: 'projection' | 'reactor';
  readonly name: string;
  readonly event?: RecordedEvent;
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

/** The events are others than this process has seen, or are gone: what it knew of them is void. */
export interface EventStoreFailure {
  readonly kind: 'event-store';
  /** The name of the store's class. */
  readonly name: string;
  readonly event?: undefined;
}

/**
 * Called for each failure of your code that no caller sees, and once when the events turn out to be others than this
 * process has seen. An error that it throws or rejects with is logged and has no other effect.
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
  'inline-projection': 'inline projection',
  'event-store': 'event store',
};

/**
 * Reports a failure of the user's code to the logger and to the hook, each of them whatever the other does; never
 * throws. `consequence` says what follows from it, as the end of the message's sentence: `'its sequence is parked'`.
 */
export function reportFailure(
  error: unknown,
  context: FailureContext,
  reporting: FailureReporting,
  consequence?: string,
): void {
  const { logger = consoleLogger, onError } = reporting;
  const message = `The ${WORDS[context.kind]} '${shownText(context.name)}' failed${placeOf(context)}${consequence ? `; ${consequence}` : ''}.`;
  safely('The logger', () => logger.error({ error, ...detailsOf(context) }, message));
  if (onError) tellHook(onError, error, context);
}

/** Calls a hook, whatever it does; never throws. */
export function tellHook(onError: OnError, error: unknown, context: FailureContext): void {
  safely('The error hook', () => onError(error, context));
}

function placeOf({ event }: FailureContext): string {
  if (!event) return '';
  return ` with ${shownText(event.name)} of ${shownText(event.aggregateName)} '${shownText(event.aggregateId)}', version ${event.version}`;
}

/** No payload, which may be secret, and no BigInt, which JSON does not carry. */
function detailsOf(context: FailureContext): object {
  const { kind, name, event } = context;
  const sequence = 'sequence' in context ? context.sequence : undefined;
  const position = ('position' in context ? context.position : undefined) ?? event?.position;
  return {
    kind,
    name,
    ...(event && { event: placed(event) }),
    ...(sequence !== undefined && { sequence }),
    ...(position !== undefined && { position: String(position) }),
  };
}

const placed = ({ name, aggregateName, aggregateId, version }: RecordedEvent): object => ({
  name,
  aggregateName,
  aggregateId,
  version,
});

/**
 * What fails here is reported to the console, as there is no other place left; where that fails too there is none at
 * all.
 */
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
