import { isoTime } from '../../../messages';
import {
  canBeParked,
  canBeReadModel,
  type DeadLetter,
  type DeadLetters,
  letterPage,
  type ParkedName,
  type ParkedSequence,
  type SealedCommit,
} from '../../../store';
import type { Access } from '../connection/access';
import { type Ask, statement } from '../connection/statement';
import type { StoreNames } from '../schema/names';
import { parkedSequence, sequencesOf } from './projection-rows';

/** Dead letters in a table beside the checkpoints. */
export class PostgresDeadLetters implements DeadLetters {
  readonly #statements: ReturnType<typeof letterStatements>;

  constructor(private readonly access: Access) {
    this.#statements = letterStatements(access.settings.names);
  }

  async sequences({ projection, version }: ParkedName, segment?: number): Promise<readonly ParkedSequence[]> {
    return this.sequencesOn(this.access.ask, { projection, version }, segment);
  }

  /** Returns the parked sequences that a connection sees. */
  async sequencesOn(
    ask: Ask,
    { projection, version }: ParkedName,
    segment?: number,
  ): Promise<readonly ParkedSequence[]> {
    if (!canBeReadModel(projection, version)) return [];
    const rows = await ask(this.#statements.sequences, [projection, version, segment ?? null]);
    return rows.map(parkedSequence);
  }

  async list(
    { projection, version }: ParkedName,
    page: { readonly sequence?: string; readonly after?: bigint; readonly limit?: number } = {},
  ): Promise<readonly DeadLetter[]> {
    const { after, limit } = letterPage(page);
    const { sequence = null } = page;
    if (!canBeParked(projection, version, sequence, after)) return [];
    const rows = await this.access.ask(this.#statements.list, [projection, version, after, sequence, limit]);
    return rows.map(([segment, sequence, position, error, attempts, parkedAt]) => ({
      segment: Number(segment),
      ...{ sequence: sequence!, position: BigInt(position!), error: error ?? undefined },
      ...{ attempts: Number(attempts), parkedAt: isoTime(Number(parkedAt)) },
    }));
  }

  async retry({ projection, version }: ParkedName, sequence?: string): Promise<number> {
    if (!canBeParked(projection, version, sequence)) return 0;
    const [row] = await this.access.ask(this.#statements.retry, [projection, version, sequence ?? null]);
    return Number(row![0]);
  }

  async discard(
    { projection, version }: ParkedName,
    { sequence = null, position = null }: { readonly sequence?: string | null; readonly position?: bigint | null } = {},
  ): Promise<number> {
    if (!canBeParked(projection, version, sequence, position)) return 0;
    const [row] = await this.access.ask(this.#statements.discard, [projection, version, sequence, position]);
    return Number(row![0]);
  }

  /** Tells whether a letter is parked, and locks it until the transaction ends. */
  async isParked(ask: Ask, { projection, version }: ParkedName, position: bigint): Promise<boolean> {
    return (await ask(this.#statements.lock, [projection, version, position])).length > 0;
  }

  /** Stores what a commit parks, unparks and answers, in its transaction. */
  async change(
    ask: Ask,
    {
      checkpoint: { projection, version, segment },
      park,
      unpark,
      answers,
    }: Pick<SealedCommit, 'checkpoint' | 'park' | 'unpark' | 'answers'>,
  ): Promise<void> {
    if (unpark.length > 0) await ask(this.#statements.unpark, [projection, version, segment, unpark.map(String)]);
    const positions = park.map(({ position }) => String(position));
    if (park.length > 0)
      await ask(this.#statements.park, [
        ...[projection, version, segment, positions, park.map(({ sequence }) => sequence)],
        ...[
          park.map(({ error }) => error ?? null),
          park.map(({ attempts }) => attempts),
          this.access.settings.clock?.now(),
        ],
      ]);
    if (answers) await ask(this.#statements.answer, [projection, version, answers.sequence, answers.retry]);
  }
}

function letterStatements(names: StoreNames) {
  const letters = names.of('dead_letters');
  const named = 'projection = $1 and version = $2';
  const ofSequence = (place: number): string => `($${place}::text is null or sequence = $${place})`;
  const latest = (column: string): string =>
    `coalesce((select max(k.${column}) from ${letters} k where k.projection = $1 and k.version = $2 and k.sequence = p.sequence), 0)`;
  return {
    sequences: statement(
      `${sequencesOf(names, '$1', '$2', 'and ($3::integer is null or segment = $3)')} order by s.first`,
    ),
    list: statement(`select segment, sequence, position, error, attempts, (extract(epoch from parked_at) * 1000)::bigint
from ${letters} where ${named} and position > $3 and ${ofSequence(4)} order by position limit $5`),
    retry:
      statement(`with asked as (update ${letters} set retry = retry + 1 where ${named} and ${ofSequence(3)} returning sequence)
select count(distinct sequence) from asked`),
    discard: statement(`with gone as (
  delete from ${letters} where ${named} and ${ofSequence(3)} and ($4::bigint is null or position = $4) returning 1
) select count(*) from gone`),
    lock: statement(`select 1 from ${letters} where ${named} and position = $3 for update`),
    unpark: statement(`delete from ${letters} where ${named} and segment = $3 and position = any($4::bigint[])`),
    answer: statement(`update ${letters} set answered = greatest(answered, $4) where ${named} and sequence = $3`),
    // An event that joins a sequence inherits its pending retry.
    park: statement(`insert into ${letters} as d (projection, version, segment, position, sequence, error, attempts, parked_at, retry, answered)
select $1, $2, $3, p.position, p.sequence, p.error, p.attempts, coalesce(to_timestamp($8::bigint / 1000.0), clock_timestamp()),
  ${latest('retry')}, ${latest('answered')}
from unnest($4::bigint[], $5::text[], $6::text[], $7::integer[]) p (position, sequence, error, attempts)
on conflict (projection, version, position) do update set segment = excluded.segment, sequence = excluded.sequence,
  error = excluded.error, attempts = excluded.attempts, retry = excluded.retry, answered = excluded.answered`),
  };
}
