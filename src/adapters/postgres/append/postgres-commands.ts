import { Gathered } from '../../../concurrency';
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
import type { Access } from '../connection/access';
import type { Ask, Row } from '../connection/statement';
import { StoredEvents } from '../read/stored-events';
import { listed, plainArray } from './append-batch';
import { type CommandStatements, commandStatements } from './command-statements';

/** Every so many claims, the store deletes expired commands: more than that many claims may add. */
const FORGET_AFTER_CLAIMS = 32;
const MAX_FORGOTTEN = 128;
const CLAIMED: ClaimOutcome = { state: 'claimed' };

/** Stores commands in a table beside the events, by the clock of the server unless the store was given one. */
export class PostgresCommands implements CommandJournal {
  readonly #statements: CommandStatements;
  readonly #events: StoredEvents;
  /** Those of commands that are dispatched at the same time go to the server together. */
  readonly #claims = new Gathered<CommandClaim, ClaimOutcome>(
    claim => JSON.stringify(claim),
    claims => {
      const outcomes = this.#claimAll(claims);
      return claims.map(async claim => (await outcomes).get(claim) ?? CLAIMED);
    },
  );
  #claimed = 0;

  constructor(private readonly access: Access) {
    this.#statements = commandStatements(access.settings.names);
    this.#events = new StoredEvents(access.settings.names);
  }

  async claim({ id, fingerprint, token, lease, keep }: CommandClaim): Promise<ClaimOutcome> {
    checkCommandClaim({ id, fingerprint, token, lease, keep });
    return this.#claims.ask({ id, fingerprint, token, lease, keep });
  }

  async renew({ id, token }: ClaimName, lease: number): Promise<boolean> {
    checkClaimName({ id, token }, lease);
    return this.access.run(async ({ ask }) => {
      const [renewed] = await ask(this.#statements.renew, [id, token, lease, this.#now()]);
      return renewed !== undefined || (await ask(this.#statements.holds, [id, token])).length > 0;
    });
  }

  async complete({ id, token }: ClaimName, { aggregateId, version, events = [] }: CompletedCommand): Promise<boolean> {
    checkCommandResult({ id, token }, { aggregateId, version, events });
    const eventIds = plainArray(events.map(event => event.id));
    const values = [id, token, aggregateId, version, eventIds, this.#now()];
    return (await this.access.ask(this.#statements.done, values)).length > 0;
  }

  async release({ id, token }: ClaimName): Promise<void> {
    checkClaimName({ id, token });
    await this.access.ask(this.#statements.release, [id, token]);
  }

  /**
   * In the order of their ids, as others claim them: so none waits for one that waits for it. Returns the answers to
   * those that were known.
   */
  async #claimAll(given: readonly CommandClaim[]): Promise<ReadonlyMap<CommandClaim, ClaimOutcome>> {
    const claims = [...given].sort((one, other) => (one.id < other.id ? -1 : 1));
    const texts = (key: 'id' | 'fingerprint' | 'token'): string[] => claims.map(claim => claim[key]);
    const numbers = (key: 'lease' | 'keep'): string => plainArray(claims.map(claim => claim[key]));
    return this.access.run(async ({ ask }) => {
      const before = this.#claimed;
      this.#claimed += claims.length;
      if (before % FORGET_AFTER_CLAIMS < claims.length) this.#forget();
      const values = [
        texts('id'),
        texts('fingerprint'),
        texts('token'),
        numbers('lease'),
        numbers('keep'),
        this.#now(),
      ];
      const rows = await ask(this.#statements.claim, values);
      const outcomes = rows.map(async ([place, ...row]): Promise<[CommandClaim, ClaimOutcome]> => {
        const [state, known] = row;
        const claim = claims[Number(place) - 1]!;
        if (state === 'done') return [claim, { state, fingerprint: known!, result: await this.#resultOf(row, ask) }];
        return [claim, state === 'running' ? { state, fingerprint: known! } : { state: 'claimed' }];
      });
      return new Map(await Promise.all(outcomes));
    });
  }

  async #resultOf([, , eventIds, aggregateId, version]: Row, ask: Ask): Promise<CommandResult> {
    const ids = listed(eventIds);
    if (ids.length === 0) return { events: Object.freeze([]), aggregateId: aggregateId!, version: Number(version) };
    const events = await this.#events.find(ask, ids);
    return resultOf(Object.freeze(ids.map(id => events.get(id)!)));
  }

  /** Not awaited by the claim. If it fails, a later claim deletes them. */
  #forget(): void {
    this.access.ask(this.#statements.forget, [this.#now(), MAX_FORGOTTEN]).catch(() => undefined);
  }

  #now(): number | undefined {
    return this.access.settings.clock?.now();
  }
}
