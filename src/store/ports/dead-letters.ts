/**
 * An event that a projection could not take, or that must wait for one of its sequence. The event itself stays in the
 * event store.
 */
export interface NewDeadLetter {
  /** The key of the sequence it belongs to; 1 to 255 characters. */
  readonly sequence: string;
  /** The position of the event. */
  readonly position: bigint;
  /**
   * What the handler threw, which the store cuts to 4,000 characters; undefined for an event that only waits for its
   * predecessors.
   */
  readonly error: string | undefined;
  /** How often it was tried. */
  readonly attempts: number;
}

/** A dead letter as the store returns it. */
export interface DeadLetter extends NewDeadLetter {
  readonly segment: number;
  /** ISO 8601 in UTC; when it was parked first. */
  readonly parkedAt: string;
}

/** A sequence that is parked: none of its events is handled until the first one could be, or was discarded. */
export interface ParkedSequence {
  readonly sequence: string;
  readonly segment: number;
  /** How many events wait. */
  readonly events: number;
  /** The position of the first. */
  readonly position: bigint;
  /** Of the first; undefined when the one that failed was discarded: then the rest is to be tried. */
  readonly error: string | undefined;
  /**
   * Names the last request to try it again; undefined where there is none, or a try has answered it: see
   * {@link AnsweredRetry}.
   */
  readonly retry: number | undefined;
}

/** Names the sequences of one version of a projection. */
export interface ParkedName {
  readonly projection: string;
  readonly version: number;
}

/**
 * Keeps what projections could not take, so that everything else goes on. Letters are parked and unparked by
 * {@link ProjectionStore.commit}, together with the checkpoint; here they are looked at, and decided on by people.
 */
export interface DeadLetters {
  /**
   * Returns the parked sequences, by the position of their first event; of one segment when one is named. @throws
   * StoreClosedError
   */
  sequences(name: ParkedName, segment?: number): Promise<readonly ParkedSequence[]>;
  /**
   * Returns a page of letters in the order of positions, at most `limit` (1 to 1,000, default 100). @throws
   * StoreClosedError
   */
  list(
    name: ParkedName,
    page?: { readonly sequence?: string; readonly after?: bigint; readonly limit?: number },
  ): Promise<readonly DeadLetter[]>;
  /**
   * Asks the owner of the segment to try a sequence again, or all of them; returns how many sequences that are. @throws
   * StoreClosedError
   */
  retry(name: ParkedName, sequence?: string): Promise<number>;
  /**
   * Gives up on one event, by its position, or on a whole sequence, or on all; returns how many events that are.
   * @throws StoreClosedError
   */
  discard(name: ParkedName, which?: { readonly sequence?: string; readonly position?: bigint }): Promise<number>;
}

/**
 * A request to try a sequence again that a failed try answers: it takes back this one, and none that was made while it
 * was under way.
 */
export interface AnsweredRetry {
  readonly sequence: string;
  /** As {@link ParkedSequence.retry} was before the try. */
  readonly retry: number;
}

/** Letters that a commit parks and unparks: see `ProjectionCommit`. */
export interface DeadLetterChanges {
  /**
   * Where one is parked already, its error and attempts are replaced. One that joins a sequence is tried again with it,
   * where that is asked for.
   */
  readonly park?: readonly NewDeadLetter[];
  /** The positions of letters that are done with, in the segment of the checkpoint. */
  readonly unpark?: readonly bigint[];
  /**
   * The position of the letter whose event was tried again: the commit goes through only while it is parked. One that
   * was discarded meanwhile stays discarded, whatever came of the try; the commit is `outdated`.
   */
  readonly retried?: bigint;
  /**
   * The request that a failed try answers. A later one stays: the sequence is tried once more. Where it was answered
   * before, nothing changes.
   */
  readonly answers?: AnsweredRetry;
}
