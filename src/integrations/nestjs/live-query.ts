import { setImmediate } from 'node:timers/promises';
import { Observable } from 'rxjs';
import type { Flow, ResultOf } from '../..';

/** The streams of live queries that clients have open. */
class LiveStreams {
  readonly #open = new Map<AbortController, Promise<void>>();
  #isOver = false;

  /** Runs a stream until it ends; one that comes too late ends at once. */
  run(leaving: AbortController, send: () => Promise<void>): Promise<void> {
    if (this.#isOver) leaving.abort();
    const sending = send().finally(() => this.#open.delete(leaving));
    this.#open.set(leaving, sending);
    return sending;
  }

  /** Ends all streams, now and from now on; resolves when their last words are written. */
  async end(): Promise<void> {
    this.#isOver = true;
    const ending = [...this.#open.values()];
    for (const leaving of this.#open.keys()) leaving.abort();
    await Promise.allSettled(ending);
    await setImmediate();
  }
}

const streams = new WeakMap<Flow, LiveStreams>();

function streamsOf(flow: Flow): LiveStreams {
  const known = streams.get(flow) ?? new LiveStreams();
  streams.set(flow, known);
  return known;
}

/** Ends the live queries of a flow: a server that closes waits for its open connections. */
export const endLiveQueries = (flow: Flow): Promise<void> => streamsOf(flow).end();

/**
 * Returns the results of a query as messages for Nest's `@Sse`: the first now, and one after each change of the read
 * models that it reads. Ends when the client leaves and when the application begins to shut down, so that no open
 * stream holds it up; a browser then connects again, and gets the result of that moment.
 * @example \@Sse('open') open() { return liveQuery(this.flow, new OpenTodos()); }
 */
export function liveQuery<Q extends object>(flow: Flow, query: Q): Observable<{ readonly data: ResultOf<Q> }> {
  return new Observable(subscriber => {
    const leaving = new AbortController();
    const { signal } = leaving;
    const send = async (): Promise<void> => {
      for await (const data of flow.watch(query, { signal })) subscriber.next({ data });
    };
    streamsOf(flow)
      .run(leaving, send)
      .then(
        () => subscriber.complete(),
        error => subscriber.error(error),
      );
    return () => leaving.abort();
  });
}
