import type { RecordedEvent } from '../../messages';

/** A command that is about to be carried out. */
export interface CommandClaim {
  /** The command's id: 1 to 255 characters. */
  readonly id: string;
  /** A digest of the name and content of the command. */
  readonly fingerprint: string;
  /** Names this attempt; a new UUID for each. */
  readonly token: string;
  /** How long the claim lasts unless it is renewed, in milliseconds. */
  readonly lease: number;
  /** How long its outcome is kept, in milliseconds. */
  readonly keep: number;
}

/** The result of a command that was carried out. */
export interface CommandResult {
  /** The events, in the order of the append; empty when the command led to none. */
  readonly events: readonly RecordedEvent[];
  /**
   * The aggregate and its version: for a command with events, those of the last event; the id is empty for a command
   * without events and without an aggregate.
   */
  readonly aggregateId: string;
  readonly version: number;
}

/** The result of a command that appended nothing itself: events of other commands, or none. */
export type CompletedCommand = Pick<CommandResult, 'aggregateId' | 'version'> & Partial<Pick<CommandResult, 'events'>>;

/**
 * The answer to a claim: it is `claimed`; or the command is `running` under another token; or it is `done`, with its
 * result. The caller compares the recorded fingerprint to find out whether it is the same command.
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
 * Remembers the commands with an id: the running ones, and the results of those that are done. So a command that is
 * repeated, by any process, takes effect once and gets the same result. It belongs to an event store:
 * `EventStore.append(appends, { command })` records the result of a command with events in the transaction of the
 * append.
 */
export interface CommandJournal {
  /**
   * Claims a command, unless it is done or has another valid claim. A claim whose lease has expired by the store's
   * clock, and a command whose result is no longer kept, is free again. The same claim again (by its token) is a
   * renewal.
   * @throws InvalidClaimError, StoreClosedError
   */
  claim(claim: CommandClaim): Promise<ClaimOutcome>;
  /**
   * Extends a claim by a lease from now. Resolves to false if the claim no longer belongs to the caller. For a command
   * that is done it changes nothing.
   */
  renew(claim: ClaimName, lease: number): Promise<boolean>;
  /**
   * Records that a command is done without an append of its own: it led to no events, or to events that other commands
   * stored. Resolves to false if the claim no longer belongs to the caller. A command that is done does not change.
   */
  complete(claim: ClaimName, result: CompletedCommand): Promise<boolean>;
  /**
   * Releases a claim after the command failed; its error is not kept. Does nothing if the claim does not belong to the
   * caller, or the command is done.
   */
  release(claim: ClaimName): Promise<void>;
}
