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

/** Stores commands in a table beside the events, by the clock of the server unless the store was given one. */
export class PostgresCommands implements CommandJournal {
  readonly #statements: CommandStatements;
  readonly #events: StoredEvents;
  #claims = 0;

  constructor(private readonly access: Access) {
    this.#statements = commandStatements(access.settings.names);
    this.#events = new StoredEvents(access.settings.names);
  }

  async claim({ id, fingerprint, token, lease, keep }: CommandClaim): Promise<ClaimOutcome> {
    checkCommandClaim({ id, fingerprint, token, lease, keep });
    return this.access.run(async ({ ask }) => {
      if (this.#claims++ % FORGET_AFTER_CLAIMS === 0) this.#forget();
      const [row] = await ask(this.#statements.claim, [id, fingerprint, token, lease, keep, this.#now()]);
      const [state, known] = row!;
      if (state === 'done') return { state, fingerprint: known!, result: await this.#resultOf(row!, ask) };
      return state === 'running' ? { state, fingerprint: known! } : { state: 'claimed' };
    });
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
