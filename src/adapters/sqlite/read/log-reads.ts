import type { CheckedStorePage, ListedStream, StreamName } from '../../../store';
import type { SqliteConnection, SqliteStatement, SqliteValue } from '../connection/driver';
import { EVENT_COLUMNS, type EventRow, LAST_POSITION, prepareEvents } from './event-row';

type Shape = Pick<CheckedStorePage, 'direction'> & { readonly names: boolean; readonly aggregates: boolean };

interface StreamRow {
  readonly aggregate_name: string;
  readonly aggregate_id: string;
  readonly version: number;
  readonly position: number;
}

/**
 * Reads parts of the log, and the list of streams. What is read of the log goes by position: see docs/decisions/013.
 * The statements are prepared when they are first used.
 */
export class LogReads {
  readonly #statements = new Map<string, SqliteStatement>();

  constructor(private readonly connection: SqliteConnection) {}

  events({ after, upTo = LAST_POSITION, limit, direction, names, aggregates }: CheckedStorePage): EventRow[] {
    const text = rangeText({ direction, names: names !== undefined, aggregates: aggregates !== undefined });
    const lists = [names, aggregates].filter(list => list !== undefined).map(list => JSON.stringify(list));
    return this.#statement(text, prepareEvents).all(bounded(after), bounded(upTo), ...lists, limit) as EventRow[];
  }

  streams(after: StreamName | undefined, limit: number): ListedStream[] {
    const values: SqliteValue[] = after ? [after.aggregateName, after.aggregateId, limit] : [limit];
    const rows = this.#statement(streamsText(after !== undefined), prepare).all(...values) as StreamRow[];
    return Array.from(rows, row => ({
      aggregateName: row.aggregate_name,
      aggregateId: row.aggregate_id,
      ...{ version: row.version, position: BigInt(row.position) },
    }));
  }

  #statement(text: string, prepared: typeof prepare): SqliteStatement {
    let statement = this.#statements.get(text);
    if (!statement) {
      statement = prepared(this.connection, text);
      this.#statements.set(text, statement);
    }
    return statement;
  }
}

const prepare = (connection: SqliteConnection, text: string): SqliteStatement => connection.prepare(text);

const bounded = (position: bigint): bigint => (position > LAST_POSITION ? LAST_POSITION : position);

// "cross" keeps the order of the tables: the events one after the other, and the stream of each.
const rangeText = ({ direction, names, aggregates }: Shape): string =>
  `select ${EVENT_COLUMNS} from events e cross join streams s using (stream) where e.position > ? and e.position <= ?
   ${names ? 'and e.name in (select value from json_each(?))' : ''}
   ${aggregates ? 'and s.aggregate_name in (select value from json_each(?))' : ''}
   order by e.position ${direction === 'backward' ? 'desc' : 'asc'} limit ?`;

const streamsText = (hasStart: boolean): string =>
  `select s.aggregate_name, s.aggregate_id, s.version, e.position
   from streams s cross join events e on e.stream = s.stream and e.version = s.version
   ${hasStart ? 'where (s.aggregate_name, s.aggregate_id) > (?, ?)' : ''}
   order by s.aggregate_name, s.aggregate_id limit ?`;
