declare const RESULT: unique symbol;

/** A query: an instance of a class that extends `Query`. */
export interface Query<Result> {
  /** Carries the result's type; it does not exist at run time. */
  readonly [RESULT]: Result;
}

/** The result type of a query class. */
export type ResultOf<Q> = Q extends Query<infer Result> ? Result : unknown;
