import type { RecordedEvent } from '../messages';
import type { StreamName } from '../store';
import { Batches } from './batches';
import { type Database, type Row, type Statement, statement } from './database';
import type { StoreNames } from './names';
import { recordedEvent } from './rows';

const LANES = 2;
const ENOUGH = 32;
const MOST_STREAMS = 100;

/** A page of one stream that somebody waits for. */
export interface StreamRequest {
  readonly stream: StreamName;
  readonly from: number;
  readonly limit: number;
}

interface Waiting extends StreamRequest {
  settle(events: readonly RecordedEvent[]): void;
  fail(error: unknown): void;
}

/** Reads streams; those that are asked for at once share a round trip. */
export class StreamReads {
  readonly #batches: Batches<Waiting>;
  readonly #statement: Statement;

  constructor(private readonly database: Database) {
    this.#statement = streamsStatement(database.settings.names);
    this.#batches = new Batches({
      ...{ lanes: LANES, enough: ENOUGH },
      hasRoom: batch => batch.length < MOST_STREAMS,
      run: batch => this.#read(batch),
    });
  }

  read(request: StreamRequest): Promise<readonly RecordedEvent[]> {
    return new Promise((settle, fail) => this.#batches.add({ ...request, settle, fail }));
  }

  async #read(batch: readonly Waiting[]): Promise<void> {
    try {
      const rows = await this.database.askAgain(this.#statement, streamsValues(batch));
      const pages = streamPages(rows, batch.length);
      for (let index = 0; index < batch.length; index++) batch[index]!.settle(pages[index]!);
    } catch (error) {
      for (const waiting of batch) waiting.fail(error);
    }
  }
}

/** The question for pages of several streams. */
export const streamsStatement = (names: StoreNames): Statement =>
  statement(`select * from ${names.of('read_streams')}($1::text[], $2::text[], $3::bigint[], $4::integer[])`);

/** Encodes pages as the values of {@link streamsStatement}. */
export const streamsValues = (requests: readonly StreamRequest[]): unknown[] => [
  requests.map(({ stream }) => stream.aggregateName),
  requests.map(({ stream }) => stream.aggregateId),
  `{${requests.map(({ from }) => from).join(',')}}`,
  `{${requests.map(({ limit }) => limit).join(',')}}`,
];

/** Sorts the rows into one page for each request. */
export function streamPages(rows: readonly Row[], requests: number): readonly RecordedEvent[][] {
  const pages = Array.from({ length: requests }, (): RecordedEvent[] => []);
  for (const row of rows) pages[Number(row[0]) - 1]!.push(recordedEvent(row, 1));
  return pages;
}
