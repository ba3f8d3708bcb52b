import type { SegmentState } from '../../store';
import type { LastErrorStatus } from '../status/status';

/** The note is written with each renewal of a lease, so it holds less of an error than the process itself keeps. */
const MAX_MESSAGE_LENGTH = 500;
const MAX_STACK_LENGTH = 2000;

/** What a process tells others about a segment that it follows. */
export interface EventProcessorNote {
  /** It waits for `restart()`. */
  readonly stopped: boolean;
  /** The last error of its handlers. */
  readonly error: LastErrorStatus | undefined;
}

/** Encodes the note of a segment's lease; undefined if there is nothing to tell. */
export function writtenNote({ stopped, error }: EventProcessorNote): string | undefined {
  if (!stopped && !error) return undefined;
  return JSON.stringify({ ...(stopped && { stopped }), ...(error && { error: shortened(error) }) });
}

/** Decodes the notes of the other owners. */
export function notesOfOthers(states: readonly SegmentState[], self: string): readonly EventProcessorNote[] {
  return states.flatMap(({ owner, note }) => (owner === self || note === undefined ? [] : readNote(note)));
}

const shortened = ({ message, stack, at, position }: LastErrorStatus): object => ({
  message: message.slice(0, MAX_MESSAGE_LENGTH),
  ...{ stack: stack.slice(0, MAX_STACK_LENGTH), at },
  position: position === undefined ? undefined : String(position),
});

/** Another version of the package may have written a different format, which is ignored. */
function readNote(note: string): EventProcessorNote[] {
  try {
    const { stopped, error } = JSON.parse(note) as {
      readonly stopped?: unknown;
      readonly error?: Record<string, unknown>;
    };
    return [{ stopped: stopped === true, error: error && readError(error) }];
  } catch {
    return [];
  }
}

function readError({ message, stack, at, position }: Record<string, unknown>): LastErrorStatus {
  if (typeof message !== 'string' || typeof stack !== 'string' || typeof at !== 'string')
    throw new TypeError('another note');
  return { message, stack, at, position: position === undefined ? undefined : BigInt(position as string) };
}
