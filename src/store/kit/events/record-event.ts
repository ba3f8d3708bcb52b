import { type EventMarks, type EventMetadata, newId, type RecordedEvent, sealPayload } from '../../../messages';
import type { NewEvent } from '../../ports/stream-append';
import type { StreamName } from '../../ports/stream-name';

/**
 * Makes the recorded form of a new event, deeply frozen; for stores that make the envelope themselves.
 * @throws UnstorableValueError when the payload, the metadata or the marks hold what JSON cannot carry
 */
export function recordEvent(
  event: NewEvent,
  stream: StreamName,
  version: number,
  position: bigint,
  recordedAt: string,
): RecordedEvent {
  const id = event.id ?? newId();
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
  return Object.freeze(event.marks ? { ...recorded, marks: recordedMarks(event.marks) } : recorded);
}

/** Seals the marks of an event. @throws UnstorableValueError */
export const recordedMarks = (marks: EventMarks): EventMarks => sealPayload(marks, 'marks');

/** Fills in what every event's metadata has, and seals it. */
export function recordedMetadata(
  metadata: Readonly<Record<string, unknown>> | undefined,
  eventId: string,
): EventMetadata {
  if (metadata && isComplete(metadata)) return sealPayload(metadata, 'metadata');
  const { correlationId = eventId, causationId = eventId, commandName = '' } = metadata ?? {};
  return sealPayload({ ...metadata, correlationId, causationId, commandName }, 'metadata') as EventMetadata;
}

const isComplete = (metadata: Readonly<Record<string, unknown>>): metadata is EventMetadata =>
  metadata.correlationId !== undefined && metadata.causationId !== undefined && metadata.commandName !== undefined;
