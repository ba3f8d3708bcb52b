import {
  type ClaimName,
  type ClaimOutcome,
  type CommandClaim,
  type CommandJournal,
  type CommandResult,
  type CompletedCommand,
  checkClaimName,
  checkCommandClaim,
  checkCommandResult,
  resultOf,
} from '../../../store';
import type { Database, Row, Statement } from '../connection/database';
import type { RunWork } from '../read/postgres-snapshots';
import { recordedEvent } from '../read/rows';
import { listed, plainArray } from './append-batch';
import { type CommandStatements, commandStatements } from './command-statements';
import { storedStatement } from './stored-requests';

/** With the first of so many claims the store forgets commands whose time is over: more than so many claims may add. */
const FORGET_AFTER_CLAIMS = 32;
const MAX_FORGOTTEN = 128;

/** Remembers commands in a table beside the events, by the clock of the server, unless the store was given one. */
export class PostgresCommands implements CommandJournal {
  readonly #statements: CommandStatements;
  readonly #byIds: Statement;
  #claims = 0;

  constructor(
    private readonly database: Database,
    private readonly run: RunWork,
  ) {
    this.#statements = commandStatements(database.settings.names);
    this.#byIds = storedStatement(database.settings.names);
  }

  async claim({ id, fingerprint, token, lease, keep }: CommandClaim): Promise<ClaimOutcome> {
    checkCommandClaim({ id, fingerprint, token, lease, keep });
    return this.run(async () => {
      if (this.#claims++ % FORGET_AFTER_CLAIMS === 0) this.#forget();
      const [row] = await this.#ask(this.#statements.claim, [id, fingerprint, token, lease, keep, this.#now()]);
      const [state, known] = row!;
      if (state === 'done') return { state, fingerprint: known!, result: await this.#resultOf(row!) };
      return state === 'running' ? { state, fingerprint: known! } : { state: 'claimed' };
    });
  }

  async renew({ id, token }: ClaimName, lease: number): Promise<boolean> {
    checkClaimName({ id, token }, lease);
    return this.run(async () => {
      const [renewed] = await this.#ask(this.#statements.renew, [id, token, lease, this.#now()]);
      return renewed !== undefined || (await this.#ask(this.#statements.holds, [id, token])).length > 0;
    });
  }

  async complete({ id, token }: ClaimName, { aggregateId, version, events = [] }: CompletedCommand): Promise<boolean> {
    checkCommandResult({ id, token }, { aggregateId, version, events });
    const eventIds = plainArray(events.map(event => event.id));
    return this.run(async () => {
      const done = await this.#ask(this.#statements.done, [id, token, aggregateId, version, eventIds, this.#now()]);
      return done.length > 0;
    });
  }

  async release({ id, token }: ClaimName): Promise<void> {
    checkClaimName({ id, token });
    await this.run(() => this.#ask(this.#statements.release, [id, token]));
  }

  async #resultOf([, , eventIds, aggregateId, version]: Row): Promise<CommandResult> {
    const ids = listed(eventIds);
    if (ids.length === 0) return { events: Object.freeze([]), aggregateId: aggregateId!, version: Number(version) };
    const events = new Map(
      (await this.#ask(this.#byIds, [ids])).map(row => recordedEvent(row)).map(event => [event.id, event]),
    );
    return resultOf(Object.freeze(ids.map(id => events.get(id)!)));
  }

  /** Beside the claim, which does not wait for it. Where it fails, a later one forgets them. */
  #forget(): void {
    this.run(() => this.#ask(this.#statements.forget, [this.#now(), MAX_FORGOTTEN])).catch(() => undefined);
  }

  #now(): number | undefined {
    return this.database.settings.clock?.now();
  }

  /** Asks until there is an answer: all of it may happen twice without harm. */
  #ask(question: Statement, values: unknown[]): Promise<readonly Row[]> {
    return this.database.askAgain(question, values);
  }
}
