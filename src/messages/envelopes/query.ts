declare const RESULT: unique symbol;

/**
 * The base of a query class. `Result` is what its handler returns and `flow.query(...)` resolves to.
 *
 * @example class OpenTodos extends Query<TodoView[]> {}
 */
export abstract class Query<Result> {
  /** Carries the result's type; it does not exist at run time. */
  declare readonly [RESULT]: Result;
}

/** The result type of a query class. */
export type ResultOf<Q> = Q extends Query<infer Result> ? Result : unknown;
