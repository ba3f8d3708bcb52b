interface Frame {
  getFunctionName(): string | null;
}

/** The maximum number of frames to search: a command inside a handler is about thirty deep. */
const MAX_FRAMES = 200;

/**
 * Returns the names of the functions that are running and of those that await them, innermost first. V8 follows the
 * chain of promises, so a caller is found even after an `await`, but not through callbacks of timers and the like. It
 * takes microseconds: for rare calls only.
 */
export function namesOnStack(): readonly (string | null)[] {
  const { stackTraceLimit, prepareStackTrace } = Error;
  const holder: { stack?: unknown } = {};
  Error.stackTraceLimit = MAX_FRAMES;
  Error.prepareStackTrace = (_, frames) => frames;
  try {
    Error.captureStackTrace(holder, namesOnStack);
    return (holder.stack as readonly Frame[]).map(frame => frame.getFunctionName());
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    Error.prepareStackTrace = prepareStackTrace;
  }
}
