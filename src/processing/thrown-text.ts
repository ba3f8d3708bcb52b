/** Returns the text of what was thrown, with its stack where it has one: anything can be thrown, also what has no text. */
export function thrownText(error: unknown): string {
  try {
    const text = error instanceof Error && typeof error.stack === 'string' ? error.stack : String(error);
    return text === '' ? 'an error without text' : text;
  } catch {
    return 'something that has no text';
  }
}

/** Returns the message of what was thrown. */
export function thrownMessage(error: unknown): string {
  return error instanceof Error && typeof error.message === 'string' ? error.message : thrownText(error);
}
