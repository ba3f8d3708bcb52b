/** Closes what cannot be used. The failure before is what is reported. */
export async function leave(part: { close?(): Promise<void> } | undefined): Promise<void> {
  if (typeof part?.close === 'function') await part.close().catch(() => undefined);
}
