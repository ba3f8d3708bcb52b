/**
 * An event that a projection could not handle, or that waits behind one of its sequence. The event itself stays in the
 * event store.
 */
export interface NewDeadLetter {
  /** The key of the sequence it belongs to; 1 to 255 characters. */
  readonly sequence: string;
  /** The position of the event. */
  readonly position: bigint;
  /** The error of the handler, cut by the store to 4,000 characters; undefined for an event that only waits. */
  readonly error: string | undefined;
  /** The number of attempts. */
  readonly attempts: number;
}

/** A dead letter as the store returns it. */
export interface DeadLetter extends NewDeadLetter {
  readonly segment: number;
  /** When it was first parked, ISO 8601 in UTC. */
  readonly parkedAt: string;
}

/** A parked sequence: none of its events is handled until the first one is handled or discarded. */
export interface ParkedSequence {
  readonly sequence: string;
  readonly segment: number;
  /** The number of waiting events. */
  readonly events: number;
  /** The position of the first event. */
  readonly position: bigint;
  /**
   * The error of the first event; undefined if the one that failed was discarded, so that the others are to be retried.
   */
  readonly error: string | undefined;
  /**
   * The number of the last request to retry it; undefined if there is none, or it was answered: see
   * {@link AnsweredRetry}.
   */
  readonly retry: number | undefined;
}

/** Names the parked sequences of one version of a projection. */
export interface ParkedName {
  readonly projection: string;
  readonly version: number;
}

/**
 * Stores events that projections could not handle, so that other events can be handled. Letters are parked and unparked
 * by {@link ProjectionStore.commit}, together with the checkpoint; this port lists them and takes decisions about them.
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
   * Requests a retry of a sequence, or of all, from the owner of the segment; returns the number of sequences.
   * @throws StoreClosedError
   */
  retry(name: ParkedName, sequence?: string): Promise<number>;
  /**
   * Discards one event, by its position, or a whole sequence, or all; returns the number of events.
   * @throws StoreClosedError
   */
  discard(name: ParkedName, which?: { readonly sequence?: string; readonly position?: bigint }): Promise<number>;
}

/** A request for a retry that a failed attempt answers: this one, and no request made during the attempt. */
export interface AnsweredRetry {
  readonly sequence: string;
  /** {@link ParkedSequence.retry} before the attempt. */
  readonly retry: number;
}

/** Letters that a commit parks and unparks: see `ProjectionCommit`. */
export interface DeadLetterChanges {
  /**
   * Letters to park. For one that is already parked, error and attempts are replaced. One that joins a sequence is
   * retried with it, if that is requested.
   */
  readonly park?: readonly NewDeadLetter[];
  /** The positions of letters that are finished, in the segment of the checkpoint. */
  readonly unpark?: readonly bigint[];
  /**
   * The position of the letter whose event was retried: the commit succeeds only while it is parked. A letter that was
   * discarded meanwhile stays discarded, whatever the result of the retry; the commit is `outdated`.
   */
  readonly retried?: bigint;
  /**
   * The request that a failed attempt answers. A later request stays, so the sequence is retried once more. If it was
   * answered before, nothing changes.
   */
  readonly answers?: AnsweredRetry;
}
