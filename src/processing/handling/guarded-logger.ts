import type { Logger } from '../../messages';

/** Returns a logger that never throws, so that a processor does not end because a line could not be logged. */
export function guarded(logger: Logger): Logger {
  const safely =
    (level: keyof Logger): Logger[keyof Logger] =>
    (details, message) => {
      try {
        logger[level](details, message);
      } catch {
        // The logger was the last one to tell.
      }
    };
  return { error: safely('error'), warn: safely('warn') };
}
