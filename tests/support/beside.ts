/**
 * Runs something beside work until that is done. In every case it is told so: what is never told to end keeps its
 * process alive for ever.
 */
export async function beside<T>(
  running: (isOver: () => boolean) => Promise<unknown>,
  work: () => Promise<T>,
): Promise<T> {
  let over = false;
  const end = running(() => over);
  const ended = end.catch(() => undefined);
  const result = await work().catch(async error => {
    over = true;
    await ended;
    throw error;
  });
  over = true;
  await end;
  return result;
}

/** Does work with what is lent, and gives that back in every case; where the work fails, its own error is told. */
export async function lent<T>(work: () => Promise<T>, giveBack: () => Promise<unknown>): Promise<T> {
  const result = await work().catch(async error => {
    await giveBack().catch(() => undefined);
    throw error;
  });
  await giveBack();
  return result;
}
