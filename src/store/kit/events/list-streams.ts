import type { EventStore } from '../../ports/event-store';
import { type StreamName, streamKey } from '../../ports/stream-name';
import { compareTexts } from '../documents/document-keys';
import type { ListedStream, StreamsPage } from './event-pages';
import { streamsPage } from './page-checks';

/**
 * Lists streams by the store's own `streams`; where it has none, by reading all events.
 * @throws InvalidPageError, InvalidOptionsError, and what the store throws
 */
export async function listStreams(
  store: Pick<EventStore, 'readAll' | 'streams'>,
  page?: StreamsPage,
): Promise<readonly ListedStream[]> {
  if (store.streams) return store.streams(page);
  const { after, limit } = streamsPage(page);
  const signal = page?.signal && { signal: page.signal };
  const streams = new Map<string, ListedStream>();
  for (let from = 0n; ; ) {
    const events = await store.readAll({ ...signal, after: from });
    for (const event of events) streams.set(streamKey(event), listed(event));
    if (events.length === 0) return streamsOf(streams.values(), { after, limit });
    from = events.at(-1)!.position;
  }
}

/** Returns a page of streams that are held in memory, in any order. */
export function streamsOf(
  streams: Iterable<ListedStream>,
  { after, limit }: { readonly after: StreamName | undefined; readonly limit: number },
): readonly ListedStream[] {
  const later = [...streams].filter(stream => !after || compareStreams(stream, after) > 0);
  return later.sort(compareStreams).slice(0, limit);
}

/** Returns the stream of an event, as of this event. */
export const listed = ({ aggregateName, aggregateId, version, position }: ListedStream): ListedStream => ({
  ...{ aggregateName, aggregateId, version, position },
});

const compareStreams = (one: StreamName, other: StreamName): number =>
  compareTexts(one.aggregateName, other.aggregateName) || compareTexts(one.aggregateId, other.aggregateId);
