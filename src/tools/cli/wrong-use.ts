/** The command line cannot do what it is asked to: one line says why, and the exit code is 2. */
export class WrongUse extends Error {}

/** Returns the message of anything that was thrown, in one line. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (
    text
      .trim()
      .split(/\s*\n\s*/)
      .join(' ') || 'an error without a message'
  );
}
