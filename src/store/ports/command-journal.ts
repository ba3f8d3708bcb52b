import type { RecordedEvent } from '../../messages';

/** A command that is about to be carried out. */
export interface CommandClaim {
  /** The command's id: 1 to 255 characters. */
  readonly id: string;
  /** A digest of what the command is: its name and its content. */
  readonly fingerprint: string;
  /** Names this attempt; a new UUID for each. */
  readonly token: string;
  /** For how long others wait for it without a sign of life, in milliseconds. */
  readonly lease: number;
  /** For how long its outcome is kept, in milliseconds. */
  readonly keep: number;
}

/** What became of a command that was carried out. */
export interface CommandResult {
  /** The events, in the order of the append; empty when the command led to none. */
  readonly events: readonly RecordedEvent[];
  /**
   * The aggregate of a command without events, empty when it is none's, and its version; of one with events, those of
   * the last event.
   */
  readonly aggregateId: string;
  readonly version: number;
}

/** The result of a command that has appended nothing: the events of other commands, or none. */
export type CompletedCommand = Pick<CommandResult, 'aggregateId' | 'version'> & Partial<Pick<CommandResult, 'events'>>;

/**
 * What a claim is answered with: it is `claimed`; or the command is `running` under another token; or it is `done`, and
 * this is its result. Whether it is the same command is for the caller to compare, by the fingerprint that was
 * recorded.
 */
export type ClaimOutcome =
  | { readonly state: 'claimed' }
  | { readonly state: 'running'; readonly fingerprint: string }
  | { readonly state: 'done'; readonly fingerprint: string; readonly result: CommandResult };

/** Names the claim under which something is written. */
export interface ClaimName {
  readonly id: string;
  readonly token: string;
}

/**
 * Remembers the commands that have an id: which are being carried out, and what became of those that were, so that a
 * command that is repeated, by whatever process, takes effect once and is answered alike. It belongs to an event store:
 * the result of a command with events is recorded by `EventStore.append(appends, { command })`, in the transaction of
 * the append.
 */
export interface CommandJournal {
  /**
   * Claims a command, unless it is done or another claim on it stands. A claim whose lease has run out by the store's
   * clock, and one whose result is no longer to be kept, is free again. The same claim again (by its token) is a
   * renewal.
   * @throws InvalidClaimError, StoreClosedError
   */
  claim(claim: CommandClaim): Promise<ClaimOutcome>;
  /**
   * Extends a claim by a lease from now. Resolves to false when it is not the caller's any more. Of a command that is
   * done it changes nothing.
   */
  renew(claim: ClaimName, lease: number): Promise<boolean>;
  /**
   * Records that a command is done and has appended nothing: it led to no events, or its result are events that other
   * commands have stored. Resolves to false when the claim is not the caller's any more. Once done, it stays as it is.
   */
  complete(claim: ClaimName, result: CompletedCommand): Promise<boolean>;
  /**
   * Gives a claim back: the command failed, and what it threw is not kept. Does nothing when it is not the caller's, or
   * done.
   */
  release(claim: ClaimName): Promise<void>;
}
