import type { EventMarks, RecordedEvent } from '../../messages';
import type { ClaimName } from './command-journal';
import type { StreamName } from './stream-name';

/** An event that is to be appended. */
export interface NewEvent {
  readonly name: string;
  readonly payload: object;
  /** UUID; the store makes one when it is absent. Give one to make an append repeatable. */
  readonly id?: string;
  /** Default 1. */
  readonly schemaVersion?: number;
  /** Default: `correlationId` and `causationId` are the event's own id, `commandName` is empty. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** What the framework itself says of the event; absent on most. */
  readonly marks?: EventMarks | undefined;
}

/**
 * What a stream must look like for an append to go through: `any` state at all, `none` (no event yet), `exists` (one
 * event at least), or the exact version, 0 being the same as `none`.
 */
export type ExpectedVersion = 'any' | 'none' | 'exists' | number;

/** The events that are to be appended to one stream. */
export interface StreamAppend {
  readonly stream: StreamName;
  readonly expected: ExpectedVersion;
  readonly events: readonly NewEvent[];
}

/** What belongs to an append beside its events. */
export interface AppendOptions {
  /** The claim of the command that the events come from: its result is recorded in the journal together with them. */
  readonly command?: ClaimName;
}

/** A stream that was not as an append expected it. */
export interface Conflict {
  readonly stream: StreamName;
  readonly expected: ExpectedVersion;
  /** The stream's version, 0 when it has no events. */
  readonly actual: number;
}

/**
 * What became of an append: the recorded events in the order given, or the conflicts for which nothing at all was
 * written.
 */
export type AppendOutcome =
  | { readonly ok: true; readonly events: readonly RecordedEvent[] }
  | { readonly ok: false; readonly conflicts: readonly Conflict[] };
