import { Batches } from '../../../concurrency';
import type { RecordedEvent } from '../../../messages';
import type { StreamName } from '../../../store';
import type { Database } from '../connection/database';
import { type Row, type Statement, statement } from '../connection/statement';
import type { StoreNames } from '../schema/names';
import { recordedEvent, STREAM_COLUMNS } from './rows';

const MAX_CONCURRENT_READS = 4;
const MAX_WAIT_MS = 50;
const MAX_STREAMS = 100;
const HALVED_FROM = 24;

/** A page of one stream that a caller awaits. */
export interface StreamRequest {
  readonly stream: StreamName;
  readonly from: number;
  readonly limit: number;
}

interface Waiting extends StreamRequest {
  settle(events: readonly RecordedEvent[]): void;
  fail(error: unknown): void;
}

/** Reads streams; concurrent requests share a round trip. */
export class StreamReads {
  readonly #batches: Batches<Waiting>;
  readonly #one: Statement;
  readonly #several: Statement;

  /**
   * @param appending tells whether appends are in progress: the streams loaded for them then form two groups, of which
   * one reads while the other appends
   */
  constructor(
    private readonly database: Database,
    appending: () => boolean,
  ) {
    this.#one = streamStatement(database.settings.names);
    this.#several = streamsStatement(database.settings.names);
    this.#batches = new Batches({
      maxConcurrent: MAX_CONCURRENT_READS,
      maxWait: MAX_WAIT_MS,
      halves: jobs => jobs >= HALVED_FROM && !appending(),
      hasRoom: batch => batch.length < MAX_STREAMS,
      run: batch => this.#read(batch),
    });
  }

  read(request: StreamRequest): Promise<readonly RecordedEvent[]> {
    return new Promise((settle, fail) => this.#batches.add({ settle, fail, ...request }));
  }

  async #read(batch: readonly Waiting[]): Promise<() => void> {
    const fail = (error: unknown): void => {
      for (const waiting of batch) waiting.fail(error);
    };
    try {
      const rows = await this.#ask(batch);
      return () => {
        try {
          const pages = streamPages(rows, batch);
          for (let index = 0; index < batch.length; index++) batch[index]!.settle(pages[index]!);
        } catch (error) {
          fail(error);
        }
      };
    } catch (error) {
      return () => fail(error);
    }
  }

  #ask(batch: readonly StreamRequest[]): Promise<readonly Row[]> {
    if (batch.length === 1) return this.database.ask(this.#one, streamValues(batch[0]!));
    return this.database.ask(this.#several, streamsValues(batch));
  }
}

/** The query for a page of one stream. */
export const streamStatement = (names: StoreNames): Statement =>
  statement(`select ${STREAM_COLUMNS} from ${names.of('read_stream')}($1::text, $2::text, $3::bigint, $4::integer) e`);

/** Encodes a page as the values of {@link streamStatement}. */
export const streamValues = ({ stream, from, limit }: StreamRequest): unknown[] => [
  stream.aggregateName,
  stream.aggregateId,
  from,
  limit,
];

const streamsStatement = (names: StoreNames): Statement =>
  statement(
    `select ${STREAM_COLUMNS}, e.place from ${names.of('read_streams')}($1::text[], $2::text[], $3::bigint[], $4::integer[]) e`,
  );

const streamsValues = (requests: readonly StreamRequest[]): unknown[] => [
  requests.map(({ stream }) => stream.aggregateName),
  requests.map(({ stream }) => stream.aggregateId),
  `{${requests.map(({ from }) => from).join(',')}}`,
  `{${requests.map(({ limit }) => limit).join(',')}}`,
];

/** Creates the events of one stream from its rows. */
export const streamEvents = (
  rows: readonly Row[],
  { aggregateName, aggregateId }: StreamName,
): readonly RecordedEvent[] => rows.map(row => recordedEvent(row, aggregateName, aggregateId));

/** Sorts the rows into one page for each request; the rows of a single request carry no index. */
function streamPages(rows: readonly Row[], requests: readonly StreamRequest[]): readonly (readonly RecordedEvent[])[] {
  if (requests.length === 1) return [streamEvents(rows, requests[0]!.stream)];
  const pages = requests.map((): RecordedEvent[] => []);
  for (const row of rows) {
    const place = Number(row[3]) - 1;
    const { aggregateName, aggregateId } = requests[place]!.stream;
    pages[place]!.push(recordedEvent(row, aggregateName, aggregateId));
  }
  return pages;
}
