import type { Clock, RecordedEvent } from '../../../messages';
import {
  type ClaimName,
  type ClaimOutcome,
  type CommandClaim,
  type CommandResult,
  isFree,
  resultOf,
} from '../../../store';
import type { SqliteConnection } from '../connection/driver';
import { type EventRow, recordedEvent } from '../read/event-row';
import type { Statements } from '../read/statements';

interface CommandRow {
  readonly fingerprint: string;
  readonly token: string;
  readonly lease: number;
  readonly until: number;
  /** A list in JSON; null while the command is running. */
  readonly event_ids: string | null;
  /** Null for a command without events, as is the version. */
  readonly aggregate_id: string;
  readonly version: number;
}

/** How many expired commands each claim deletes at most: more than the one that it may add. */
const MAX_FORGOTTEN = 4;

/** Reads and writes commands through one connection; the caller begins a transaction before it writes. */
export class CommandRecords {
  readonly #statements: ReturnType<typeof prepareCommandStatements>;

  constructor(
    connection: SqliteConnection,
    private readonly events: Statements,
    private readonly clock: Clock,
  ) {
    this.#statements = prepareCommandStatements(connection);
  }

  /** Returns the answer to a claim that is refused; undefined if it would succeed. */
  refusal({ id, token }: CommandClaim): ClaimOutcome | undefined {
    const row = this.#statements.find.get(id) as CommandRow | undefined;
    if (!row || isFree({ done: isDone(row), ...row }, this.#now())) return undefined;
    const { fingerprint } = row;
    if (isDone(row)) return { state: 'done', fingerprint, result: this.#resultOf(row) };
    return row.token === token ? undefined : { state: 'running', fingerprint };
  }

  /** Claims commands, and deletes some that have expired. */
  claimAll(claims: readonly CommandClaim[]): ClaimOutcome[] {
    const now = this.#now();
    this.#statements.forget.run(now, now, MAX_FORGOTTEN * claims.length);
    return claims.map(claim => this.#claim(claim, now));
  }

  #claim(claim: CommandClaim, now: number): ClaimOutcome {
    const { id, fingerprint, token, lease, keep } = claim;
    const until = now + lease;
    const values = [id, fingerprint, token, lease, keep, until, until + keep] as const;
    if (this.#statements.claimNew.get(...values) !== undefined) return { state: 'claimed' };
    const refusal = this.refusal(claim);
    if (refusal) return refusal;
    this.#statements.claim.run(...values);
    return { state: 'claimed' };
  }

  renew(claim: ClaimName, lease: number): boolean {
    this.#statements.renew.run(this.#now() + lease, lease, claim.id, claim.token);
    return this.stateOf(claim) !== undefined;
  }

  release({ id, token }: ClaimName): void {
    this.#statements.release.run(id, token);
  }

  /** Returns the state of a command; undefined if another claim holds it. */
  stateOf({ id, token }: ClaimName): 'running' | 'done' | undefined {
    const row = this.#statements.state.get(id, token) as Pick<CommandRow, 'event_ids'> | undefined;
    return row && (isDone(row) ? 'done' : 'running');
  }

  /** Records that a command ended without events, unless its outcome is recorded already. */
  complete(claim: ClaimName, aggregateId: string, version: number): void {
    this.#done(claim, [], aggregateId, version);
  }

  /** As {@link complete}, for a command that led to events. */
  record(claim: ClaimName, events: readonly RecordedEvent[]): void {
    this.#done(
      claim,
      events.map(event => event.id),
      null,
      null,
    );
  }

  #done(
    { id, token }: ClaimName,
    eventIds: readonly string[],
    aggregateId: string | null,
    version: number | null,
  ): void {
    this.#statements.done.run(JSON.stringify(eventIds), aggregateId, version, this.#now(), id, token);
  }

  #resultOf({ event_ids, aggregate_id, version }: CommandRow): CommandResult {
    const ids = JSON.parse(event_ids!) as string[];
    if (ids.length === 0) return { events: Object.freeze([]), aggregateId: aggregate_id, version };
    return resultOf(Object.freeze(ids.map(id => recordedEvent(this.events.findEvent.get(id) as EventRow))));
  }

  #now(): number {
    return Math.ceil(this.clock.now());
  }
}

const isDone = ({ event_ids }: Pick<CommandRow, 'event_ids'>): boolean => event_ids !== null;

function prepareCommandStatements(connection: SqliteConnection) {
  const claim = 'commands (id, fingerprint, token, lease, keep, until, expires) values (?, ?, ?, ?, ?, ?, ?)';
  const running = 'id = ? and token = ? and event_ids is null';
  return {
    find: connection.prepare(
      'select fingerprint, token, lease, until, aggregate_id, version, event_ids from commands where id = ?',
    ),
    state: connection.prepare('select event_ids from commands where id = ? and token = ?'),
    claimNew: connection.prepare(`insert or ignore into ${claim} returning 1`),
    claim: connection.prepare(`insert or replace into ${claim}`),
    renew: connection.prepare(`update commands set until = ?, lease = ? where ${running}`),
    release: connection.prepare(`delete from commands where ${running}`),
    done: connection.prepare(
      `update commands set event_ids = ?, aggregate_id = ?, version = ?, until = ? + keep where ${running}`,
    ),
    forget: connection.prepare(
      'delete from commands where id in (select id from commands where expires <= ? and until <= ? order by expires limit ?)',
    ),
  };
}
