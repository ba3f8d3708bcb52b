/**
 * Yields what a source yields. When the signal is aborted it immediately throws the signal's reason, even while it
 * waits for the source. A source that is left early is closed.
 */
export async function* abortablePieces<T>(
  source: AsyncIterable<T> | Iterable<T>,
  signal?: AbortSignal,
): AsyncGenerator<T, void, undefined> {
  if (!signal) return yield* source;
  const iterator = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  let ended = false;
  try {
    for (;;) {
      const next = await nextOf(iterator, signal);
      ended = next.done === true;
      if (next.done) return;
      yield next.value;
    }
  } finally {
    // Not awaited: a source that waits for its next piece answers only when it has it.
    if (!ended) Promise.resolve(iterator.return?.()).catch(() => undefined);
  }
}

// Not Promise.race: a promise that lives as long as the signal would retain something for every piece.
function nextOf<T>(iterator: AsyncIterator<T> | Iterator<T>, signal: AbortSignal): Promise<IteratorResult<T>> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    Promise.resolve(iterator.next())
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', onAbort));
  });
}
