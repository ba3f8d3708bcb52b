/** The part of a stream to read. */
export interface StreamPage {
  /** The first version; default 1. */
  readonly from?: number;
  /** How many events at most, 1 to 1,000; default 1,000. */
  readonly limit?: number;
  /** Rejects the read with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** The part of the whole store to read. */
export interface StorePage {
  /** Only events with a higher position; default 0: from the beginning. */
  readonly after?: bigint;
  /** How many events at most, 1 to 1,000; default 1,000. */
  readonly limit?: number;
  /** Rejects the read with the signal's reason. */
  readonly signal?: AbortSignal;
}
