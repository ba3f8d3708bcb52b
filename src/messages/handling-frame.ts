/**
 * The name of the methods that wait for a handler of the user's. It is found in the stack of what the handler calls, after an `await` too: V8 follows
 * the chain of promises. A text, so that no minifier changes it.
 */
export const HANDLING = 'eventuality: waits for a handler';

/** Tells whether what calls this is, or was awaited by, a handler that the framework waits for. It takes microseconds: for rare calls only. */
export function isWithinHandler(): boolean {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = Number.POSITIVE_INFINITY;
  const { stack = '' } = new Error();
  Error.stackTraceLimit = limit;
  return stack.includes(HANDLING);
}
