import type {
  AnsweredRetry,
  CheckpointName,
  DeadLetter,
  NewDeadLetter,
  ParkedName,
  ParkedSequence,
} from '../../../store';
import type { SqliteConnection } from '../connection/driver';

interface LetterRow {
  readonly segment: number;
  readonly sequence: string;
  readonly position: string;
  readonly error: string | null;
  readonly attempts: number;
  readonly parked_at: string;
}

interface SequenceRow extends Pick<LetterRow, 'segment' | 'sequence' | 'position' | 'error'> {
  readonly events: number;
  readonly retry: number | null;
}

/** Selects letters; null matches all. */
interface Which {
  readonly sequence: string | null;
  readonly position: bigint | null;
}

/** Reads and writes dead letters through one connection; writes need an open transaction. */
export class DeadLetterRecords {
  readonly #statements: ReturnType<typeof prepareLetterStatements>;

  constructor(connection: SqliteConnection) {
    this.#statements = prepareLetterStatements(connection);
  }

  unpark({ projection, version, segment }: CheckpointName, positions: readonly bigint[]): void {
    for (const position of positions) this.#statements.unpark.run(projection, version, segment, position);
  }

  park({ projection, version, segment }: CheckpointName, letters: readonly NewDeadLetter[], now: string): void {
    for (const { sequence, position, error = null, attempts } of letters) {
      const sequenced = [projection, version, sequence] as const;
      this.#statements.park.run(
        ...([
          projection,
          version,
          position,
          segment,
          sequence,
          error,
          attempts,
          now,
          ...sequenced,
          ...sequenced,
        ] as const),
      );
    }
  }

  answer({ projection, version }: ParkedName, { sequence, retry }: AnsweredRetry): void {
    this.#statements.answer.run(retry, projection, version, sequence);
  }

  sequences({ projection, version }: ParkedName, segment: number | null): ParkedSequence[] {
    const rows = this.#statements.sequences.all(
      projection,
      version,
      segment,
      segment,
      projection,
      version,
    ) as SequenceRow[];
    const sequences = Array.from(rows, ({ sequence, segment, events, position, error, retry }) => ({
      ...{
        sequence,
        segment,
        events,
        position: BigInt(position),
        error: error ?? undefined,
        retry: retry ?? undefined,
      },
    }));
    return sequences.sort((one, other) => (one.position < other.position ? -1 : 1));
  }

  list({ projection, version }: ParkedName, sequence: string | null, after: bigint, limit: number): DeadLetter[] {
    const rows = this.#statements.list.all(projection, version, after, sequence, sequence, limit) as LetterRow[];
    return Array.from(rows, ({ sequence, position, error, attempts, segment, parked_at: parkedAt }) => ({
      ...{ sequence, position: BigInt(position), error: error ?? undefined, attempts, segment, parkedAt },
    }));
  }

  isParked({ projection, version }: ParkedName, position: bigint): boolean {
    return this.#statements.find.get(projection, version, position) !== undefined;
  }

  retry({ projection, version }: ParkedName, sequence: string | null): number {
    const sequences = this.#statements.names.all(projection, version, sequence, sequence).length;
    this.#statements.ask.run(projection, version, sequence, sequence);
    return sequences;
  }

  discard({ projection, version }: ParkedName, { sequence, position }: Which): number {
    const which = [projection, version, sequence, sequence, position, position] as const;
    const { letters } = this.#statements.count.get(...which) as { letters: number };
    this.#statements.discard.run(...which);
    return letters;
  }

  drop(projection: string, version: number): void {
    this.#statements.discard.run(projection, version, null, null, null, null);
  }
}

function prepareLetterStatements(connection: SqliteConnection) {
  const named = 'projection = ? and version = ?';
  const ofSequence = '(? is null or sequence = ?)';
  const which = `${named} and ${ofSequence} and (? is null or position = ?)`;
  const latest = (column: string): string =>
    `coalesce((select max(${column}) from dead_letters where ${named} and sequence = ?), 0)`;
  return {
    find: connection.prepare(`select 1 from dead_letters where ${named} and position = ?`),
    unpark: connection.prepare(`delete from dead_letters where ${named} and segment = ? and position = ?`),
    // An event that joins a sequence inherits its pending retry.
    park: connection.prepare(
      `insert into dead_letters (projection, version, position, segment, sequence, error, attempts, parked_at, retry, answered)
       values (?, ?, ?, ?, ?, ?, ?, ?, ${latest('retry')}, ${latest('answered')})
       on conflict (projection, version, position) do update set segment = excluded.segment, sequence = excluded.sequence,
         error = excluded.error, attempts = excluded.attempts, retry = excluded.retry, answered = excluded.answered`,
    ),
    answer: connection.prepare(`update dead_letters set answered = max(answered, ?) where ${named} and sequence = ?`),
    ask: connection.prepare(`update dead_letters set retry = retry + 1 where ${named} and ${ofSequence}`),
    sequences: connection.prepare(
      `select sequence, d.segment, s.events, cast(s.first as text) as position, d.error, s.retry
       from (
         select sequence, min(position) as first, count(*) as events, case when max(retry) > max(answered) then max(retry) end as retry
         from dead_letters where ${named} and (? is null or segment = ?) group by sequence
       ) s
       join dead_letters d using (sequence)
       where d.projection = ? and d.version = ? and d.position = s.first`,
    ),
    list: connection.prepare(
      `select segment, sequence, cast(position as text) as position, error, attempts, parked_at
       from dead_letters d where ${named} and d.position > ? and ${ofSequence} order by d.position limit ?`,
    ),
    names: connection.prepare(`select sequence from dead_letters where ${named} and ${ofSequence} group by sequence`),
    count: connection.prepare(`select count(*) as letters from dead_letters where ${which}`),
    discard: connection.prepare(`delete from dead_letters where ${which}`),
  };
}
