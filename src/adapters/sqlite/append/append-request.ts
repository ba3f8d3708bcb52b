import { newId, sealPayload } from '../../../messages';
import {
  type AppendOptions,
  type ClaimName,
  checkAppends,
  claimOf,
  type EventJson,
  type ExpectedVersion,
  encodedEvent,
  type NewEvent,
  recordedMarks,
  recordedMetadata,
  type StreamName,
} from '../../../store';

/** An event that is sealed and encoded, with its id. */
export interface EncodedEvent extends EventJson {
  readonly event: NewEvent & { readonly id: string; readonly schemaVersion: number };
}

/** The events for one stream. */
export interface StreamRequest {
  readonly stream: StreamName;
  readonly expected: ExpectedVersion;
  readonly events: readonly EncodedEvent[];
}

/** One call of `append`, ready to be written: all of it or none. */
export interface AppendRequest {
  readonly streams: readonly StreamRequest[];
  /** Whether the caller chose an id: only such events can be stored already. */
  readonly chosenIds: boolean;
  readonly eventCount: number;
  /** The claim of the command that appends. */
  readonly command: ClaimName | undefined;
}

/**
 * Checks, seals and encodes an append, before it shares a transaction with others.
 * @throws InvalidAppendError, DuplicateEventError, UnstorableValueError, PayloadTooLargeError, InvalidClaimError
 */
export function appendRequest(
  appends: Parameters<typeof checkAppends>[0],
  maxPayloadBytes: number,
  options: AppendOptions | undefined,
): AppendRequest {
  checkAppends(appends);
  let chosenIds = false;
  let eventCount = 0;
  const streams = appends.map(({ stream: { aggregateName, aggregateId }, expected, events }) => {
    eventCount += events.length;
    chosenIds ||= events.some(({ id }) => id !== undefined);
    return {
      stream: { aggregateName, aggregateId },
      expected,
      events: events.map(event => encoded(event, maxPayloadBytes)),
    };
  });
  return { streams, chosenIds, eventCount, command: claimOf(appends, options) };
}

function encoded({ id = newId(), name, schemaVersion = 1, ...given }: NewEvent, maxBytes: number): EncodedEvent {
  const payload = sealPayload(given.payload, name);
  const metadata = recordedMetadata(given.metadata, id);
  const event = {
    id,
    name,
    schemaVersion,
    payload,
    metadata,
    ...(given.marks && { marks: recordedMarks(given.marks) }),
  };
  return { event, ...encodedEvent(event, maxBytes) };
}
