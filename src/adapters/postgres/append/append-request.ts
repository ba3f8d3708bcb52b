import { newId, type RecordedEvent, sealPayload } from '../../../messages';
import {
  type AppendOptions,
  type ClaimName,
  checkAppends,
  claimOf,
  type EventJson,
  encodedBytes,
  encodedEvent,
  PayloadTooLargeError,
  recordedMarks,
  recordedMetadata,
  type StreamAppend,
  type StreamName,
} from '../../../store';
import { MAX_APPEND_BYTES } from '../connection/options';

/** An event with a fixed id, so that it can be sent again. */
export interface PreparedEvent extends EventJson {
  readonly stream: StreamName;
  readonly id: string;
  readonly name: string;
  readonly schemaVersion: number;
  readonly payload: object;
  readonly metadata: RecordedEvent['metadata'];
  readonly marks: RecordedEvent['marks'];
}

/** One call of `append`: all of it or none. */
export interface AppendRequest {
  readonly appends: readonly StreamAppend[];
  readonly events: readonly PreparedEvent[];
  /** The ids that the caller chose: only these can be stored already. */
  readonly chosenIds: readonly string[];
  /** Whether an event has marks. Only the append function writes them; the short ways do not. */
  readonly marked: boolean;
  readonly characters: number;
  /** The claim of the command that appends. */
  readonly command: ClaimName | undefined;
}

/**
 * Checks, seals and encodes an append, and gives every event its id.
 * @throws InvalidAppendError, DuplicateEventError, UnstorableValueError, PayloadTooLargeError, InvalidClaimError
 */
export function prepareUnit(
  appends: readonly StreamAppend[],
  maxPayloadBytes: number,
  options?: AppendOptions,
): AppendRequest {
  checkAppends(appends);
  const events: PreparedEvent[] = [];
  const chosenIds: string[] = [];
  let characters = 0;
  let marked = false;
  for (const { stream, events: wanted } of appends) {
    for (const event of wanted) {
      if (event.id !== undefined) chosenIds.push(event.id);
      const id = event.id ?? newId();
      const payload = sealPayload(event.payload, event.name);
      const metadata = recordedMetadata(event.metadata, id);
      const marks = event.marks && recordedMarks(event.marks);
      const { name, schemaVersion = 1 } = event;
      const { payloadJson, metadataJson, marksJson } = encodedEvent(
        { name, payload, metadata, marks },
        maxPayloadBytes,
      );
      characters += payloadJson.length + metadataJson.length + (marksJson?.length ?? 0);
      marked ||= marksJson !== null;
      events.push({ stream, id, name, schemaVersion, payload, metadata, marks, payloadJson, metadataJson, marksJson });
    }
  }
  if (characters > MAX_APPEND_BYTES / 3) checkTotal(events);
  return { appends, events, chosenIds, marked, characters, command: options && claimOf(appends, options) };
}

function checkTotal(events: readonly PreparedEvent[]): void {
  const bytes = encodedBytes(events);
  if (bytes > MAX_APPEND_BYTES)
    throw new PayloadTooLargeError(`the append of ${events.length} events`, bytes, MAX_APPEND_BYTES);
}

/** Tells whether the short ways can append a unit: one stream, events without chosen ids and marks, and no command. */
export const isPlain = ({ appends, chosenIds, marked, command }: AppendRequest): boolean =>
  appends.length === 1 && chosenIds.length === 0 && !marked && command === undefined;

/** The expected version of the unit's first stream; undefined if any version will do. */
export function versionBefore({ appends }: AppendRequest): number | undefined {
  const { expected } = appends[0]!;
  if (expected === 'none') return 0;
  return typeof expected === 'number' ? expected : undefined;
}
