/** The positions of an earlier version's segments when another version took over from them. */
export interface TakenOverSegments {
  /** The rule that assigned events to these segments; as in `ReadModelSchema`. */
  readonly sequenceBy: string;
  /** The position of each segment, from segment 0. */
  readonly positions: readonly bigint[];
}

/** A version that was prepared and not dropped. */
export interface ReadModelVersion {
  readonly version: number;
  readonly revision: number;
  readonly segments: number;
  readonly indexes: readonly string[];
  readonly sequenceBy: string;
  readonly takenOver: readonly TakenOverSegments[];
  readonly replayUntil: bigint;
  /** True for the version that readers see. */
  readonly active: boolean;
  /** True if it accepts no more writes, because readers see a later version or it is being dropped. */
  readonly closed: boolean;
}
