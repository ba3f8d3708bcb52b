import { isoTime } from '../messages';
import {
  type CheckpointName,
  canBeParked,
  canBeReadModel,
  type DeadLetter,
  type DeadLetters,
  letterPage,
  type NewDeadLetter,
  type ParkedName,
  type ParkedSequence,
} from '../store';
import { type Database, type Row, type Statement, statement } from './database';
import type { PostgresClient } from './driver';
import type { Ask } from './known-read-models';
import type { StoreNames } from './names';
import type { RunWork } from './postgres-snapshots';

/** Dead letters in a table beside the checkpoints. */
export class PostgresDeadLetters implements DeadLetters {
  readonly #statements: ReturnType<typeof letterStatements>;

  constructor(
    private readonly database: Database,
    private readonly run: RunWork,
  ) {
    this.#statements = letterStatements(database.settings.names);
  }

  async sequences({ projection, version }: ParkedName, segment?: number): Promise<readonly ParkedSequence[]> {
    return this.run(() =>
      this.sequencesOn((question, values) => this.database.askAgain(question, values), { projection, version }, segment),
    );
  }

  /** Returns the parked sequences as a connection sees them. */
  async sequencesOn(ask: Ask, { projection, version }: ParkedName, segment?: number): Promise<readonly ParkedSequence[]> {
    if (!canBeReadModel(projection, version)) return [];
    const rows = await ask(this.#statements.sequences, [projection, version, segment ?? null]);
    return rows.map(([sequence, segment, events, position, error, retry]) => ({
      ...{ sequence: sequence!, segment: Number(segment), events: Number(events), position: BigInt(position!) },
      ...{ error: error ?? undefined, retry: retry === 't' },
    }));
  }

  async list(
    { projection, version }: ParkedName,
    page: { readonly sequence?: string; readonly after?: bigint; readonly limit?: number } = {},
  ): Promise<readonly DeadLetter[]> {
    const { after, limit } = letterPage(page);
    const { sequence = null } = page;
    if (!canBeParked(projection, version, sequence, after)) return [];
    const rows = await this.#ask(this.#statements.list, [projection, version, after, sequence, limit]);
    return rows.map(([segment, sequence, position, error, attempts, parkedAt]) => ({
      ...{ segment: Number(segment), sequence: sequence!, position: BigInt(position!), error: error ?? undefined },
      ...{ attempts: Number(attempts), parkedAt: isoTime(Number(parkedAt)) },
    }));
  }

  async retry({ projection, version }: ParkedName, sequence?: string): Promise<number> {
    if (!canBeParked(projection, version, sequence)) return 0;
    const [row] = await this.#ask(this.#statements.retry, [projection, version, sequence ?? null]);
    return Number(row![0]);
  }

  async discard(
    { projection, version }: ParkedName,
    { sequence = null, position = null }: { readonly sequence?: string | null; readonly position?: bigint | null } = {},
  ): Promise<number> {
    if (!canBeParked(projection, version, sequence, position)) return 0;
    const [row] = await this.#ask(this.#statements.discard, [projection, version, sequence, position]);
    return Number(row![0]);
  }

  /** Takes in what a commit parks and unparks, in its transaction. */
  async change(
    client: PostgresClient,
    { projection, version, segment }: CheckpointName,
    park: readonly NewDeadLetter[],
    unpark: readonly bigint[],
  ): Promise<void> {
    const ask = (question: Statement, values: unknown[]): Promise<readonly Row[]> => this.database.askOnRaw(client, question, values);
    if (unpark.length > 0) await ask(this.#statements.unpark, [projection, version, segment, unpark.map(String)]);
    if (park.length === 0) return;
    const positions = park.map(({ position }) => String(position));
    await ask(this.#statements.parkedAgain, [projection, version, positions]);
    await ask(this.#statements.park, [
      ...[projection, version, segment, positions, park.map(({ sequence }) => sequence)],
      ...[park.map(({ error }) => error ?? null), park.map(({ attempts }) => attempts), this.database.settings.clock?.now()],
    ]);
  }

  #ask(question: Statement, values: unknown[]): Promise<readonly Row[]> {
    return this.run(() => this.database.askAgain(question, values));
  }
}

function letterStatements(names: StoreNames) {
  const letters = names.of('dead_letters');
  const named = 'projection = $1 and version = $2';
  const ofSequence = (place: number): string => `($${place}::text is null or sequence = $${place})`;
  return {
    sequences: statement(`select s.sequence, d.segment, s.events, s.first, d.error, s.retry from (
  select sequence, min(position) as first, count(*) as events, bool_or(retry) as retry
  from ${letters} where ${named} and ($3::integer is null or segment = $3) group by sequence
) s join ${letters} d on d.projection = $1 and d.version = $2 and d.position = s.first order by s.first`),
    list: statement(`select segment, sequence, position, error, attempts, (extract(epoch from parked_at) * 1000)::bigint
from ${letters} where ${named} and position > $3 and ${ofSequence(4)} order by position limit $5`),
    retry: statement(`with asked as (update ${letters} set retry = true where ${named} and ${ofSequence(3)} returning sequence)
select count(distinct sequence) from asked`),
    discard: statement(`with gone as (
  delete from ${letters} where ${named} and ${ofSequence(3)} and ($4::bigint is null or position = $4) returning 1
) select count(*) from gone`),
    unpark: statement(`delete from ${letters} where ${named} and segment = $3 and position = any($4::bigint[])`),
    parkedAgain: statement(`update ${letters} set retry = false where ${named} and retry and sequence in (
  select sequence from ${letters} where ${named} and position = any($3::bigint[]))`),
    // What joins a sequence that is to be tried again is to be tried, too.
    park: statement(`insert into ${letters} as d (projection, version, segment, position, sequence, error, attempts, parked_at, retry)
select $1, $2, $3, p.position, p.sequence, p.error, p.attempts, coalesce(to_timestamp($8::bigint / 1000.0), clock_timestamp()),
  exists (select from ${letters} k where k.projection = $1 and k.version = $2 and k.sequence = p.sequence and k.retry)
from unnest($4::bigint[], $5::text[], $6::text[], $7::integer[]) p (position, sequence, error, attempts)
on conflict (projection, version, position) do update set segment = excluded.segment, sequence = excluded.sequence,
  error = excluded.error, attempts = excluded.attempts, retry = excluded.retry`),
  };
}
