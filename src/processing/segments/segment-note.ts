import type { SegmentState } from '../../store';
import type { LastErrorStatus } from '../status/status';

/** A note goes with each renewal of a lease: it has less of an error than the process itself keeps. */
const MAX_MESSAGE_LENGTH = 500;
const MAX_STACK_LENGTH = 2000;

/** What a process tells others of a segment that it follows. */
export interface EventProcessorNote {
  /** It waits for `restart()`. */
  readonly stopped: boolean;
  /** What its handlers have thrown last. */
  readonly error: LastErrorStatus | undefined;
}

/** Writes what goes with the lease of a segment; undefined where there is nothing to tell. */
export function writtenNote({ stopped, error }: EventProcessorNote): string | undefined {
  if (!stopped && !error) return undefined;
  return JSON.stringify({ ...(stopped && { stopped }), ...(error && { error: shortened(error) }) });
}

/** Reads what the other owners of segments have noted. */
export function notesOfOthers(states: readonly SegmentState[], self: string): readonly EventProcessorNote[] {
  return states.flatMap(({ owner, note }) => (owner === self || note === undefined ? [] : readNote(note)));
}

const shortened = ({ message, stack, at, position }: LastErrorStatus): object => ({
  ...{ message: message.slice(0, MAX_MESSAGE_LENGTH), stack: stack.slice(0, MAX_STACK_LENGTH), at },
  position: position === undefined ? undefined : String(position),
});

/** What another version of this package has written may look differently: it is left out. */
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
