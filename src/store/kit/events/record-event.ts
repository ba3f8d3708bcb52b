import { type EventMarks, type EventMetadata, newId, type RecordedEvent, sealPayload } from '../../../messages';
import type { NewEvent } from '../../ports/stream-append';
import type { StreamName } from '../../ports/stream-name';

/**
 * Returns the recorded form of a new event, deeply frozen; for stores that create the envelope themselves. `now` is the
 * system's time, in milliseconds, if it was read already: it becomes part of the id.
 * @throws UnstorableValueError if JSON cannot carry the payload, the metadata or the marks
 */
export function recordEvent(
  event: NewEvent,
  stream: StreamName,
  version: number,
  position: bigint,
  recordedAt: string,
  now?: number,
): RecordedEvent {
  const id = event.id ?? newId(now);
  const recorded = {
    id,
    name: event.name,
    schemaVersion: event.schemaVersion ?? 1,
    aggregateName: stream.aggregateName,
    aggregateId: stream.aggregateId,
    version,
    position,
    payload: sealPayload(event.payload, event.name),
    metadata: recordedMetadata(event.metadata, id),
    recordedAt,
  };
  return Object.freeze(event.marks ? { marks: recordedMarks(event.marks), ...recorded } : recorded);
}

/** Returns the marks of an event, sealed. @throws UnstorableValueError */
export const recordedMarks = (marks: EventMarks): EventMarks => sealPayload(marks, 'marks');

/** Returns the metadata of an event, completed with the required entries and sealed. */
export function recordedMetadata(
  metadata: Readonly<Record<string, unknown>> | undefined,
  eventId: string,
): EventMetadata {
  if (metadata && isComplete(metadata)) return sealPayload(metadata, 'metadata');
  const { correlationId = eventId, causationId = eventId, commandName = '' } = metadata ?? {};
  const required: object = { correlationId, causationId, commandName };
  // An object that begins with what is spread is slow on Node 20.
  return sealPayload({ correlationId, ...metadata, ...required }, 'metadata') as EventMetadata;
}

const isComplete = (metadata: Readonly<Record<string, unknown>>): metadata is EventMetadata =>
  metadata.correlationId !== undefined && metadata.causationId !== undefined && metadata.commandName !== undefined;
