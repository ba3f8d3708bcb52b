import type { EventMarks, RecordedEvent } from '../../messages';
import type { ClaimName } from './command-journal';
import type { StreamName } from './stream-name';

/** An event to append. */
export interface NewEvent {
  readonly name: string;
  readonly payload: object;
  /** A UUID; the store creates one if it is absent. Set it to make an append repeatable. */
  readonly id?: string;
  /** Default 1. */
  readonly schemaVersion?: number;
  /** Default: `correlationId` and `causationId` are the event's own id, `commandName` is empty. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** What the framework says about the event; absent on most. */
  readonly marks?: EventMarks | undefined;
}

/**
 * The state in which a stream must be for an append to succeed: `any`, `none` (no event yet), `exists` (at least one
 * event), or an exact version, 0 being the same as `none`.
 */
export type ExpectedVersion = 'any' | 'none' | 'exists' | number;

/** The events to append to one stream. */
export interface StreamAppend {
  readonly stream: StreamName;
  readonly expected: ExpectedVersion;
  readonly events: readonly NewEvent[];
}

/** Options of an append. */
export interface AppendOptions {
  /** The claim of the command that led to the events. Its result is recorded in the journal together with them. */
  readonly command?: ClaimName;
}

/** A stream that did not meet the expectation of an append. */
export interface Conflict {
  readonly stream: StreamName;
  readonly expected: ExpectedVersion;
  /** The stream's version, 0 if it has no events. */
  readonly actual: number;
}

/**
 * The outcome of an append: the recorded events in the given order, or the conflicts, in which case nothing was
 * written.
 */
export type AppendOutcome =
  | { readonly ok: true; readonly events: readonly RecordedEvent[] }
  | { readonly ok: false; readonly conflicts: readonly Conflict[] };
