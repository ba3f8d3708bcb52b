/**
 * Returns the text of what was thrown, with its stack where it has one: anything can be thrown, also what has no text.
 */
export function formatError(error: unknown): string {
  return textOf(error, 'stack');
}

/** Returns the message of what was thrown. */
export function errorMessage(error: unknown): string {
  return textOf(error, 'message');
}

/** Not by its class: an error may be one of another realm. */
function textOf(error: unknown, field: 'stack' | 'message'): string {
  try {
    const own = typeof error === 'object' && error !== null ? (error as Record<string, unknown>)[field] : undefined;
    return (typeof own === 'string' ? own : String(error)) || 'an error without text';
  } catch {
    return 'something that has no text';
  }
}
