import { Gathered } from '../../../concurrency';
import {
  type ClaimName,
  type ClaimOutcome,
  type CommandClaim,
  type CommandJournal,
  type CompletedCommand,
  checkClaimName,
  checkCommandClaim,
  checkCommandResult,
} from '../../../store';
import type { SqliteConnection } from '../connection/driver';
import type { FileAccess } from '../connection/file-access';
import { inTransaction } from '../connection/in-transaction';
import type { SqliteSettings } from '../connection/options';
import { withoutDisk } from '../connection/without-disk';
import type { CommandRecords } from './command-records';

/** Stores commands in the file of the events. The processes that share it run on one machine and use its clock. */
export class SqliteCommands implements CommandJournal {
  /** Those of commands that are dispatched at the same time are made in one transaction. */
  readonly #claims = new Gathered<CommandClaim, ClaimOutcome>(
    claim => JSON.stringify(claim),
    claims => {
      const outcomes = this.#writeLightly(() => this.records.claimAll(claims));
      return claims.map(async (_, place) => (await outcomes)[place]!);
    },
  );

  constructor(
    private readonly connection: SqliteConnection,
    private readonly records: CommandRecords,
    private readonly settings: SqliteSettings,
    private readonly access: FileAccess,
  ) {}

  async claim({ id, fingerprint, token, lease, keep }: CommandClaim): Promise<ClaimOutcome> {
    const claim = { id, fingerprint, token, lease, keep };
    checkCommandClaim(claim);
    // A caller that waits for a command polls, so this takes no lock.
    const refusal = await this.access.read(() => this.records.refusal(claim));
    return refusal ?? this.#claims.ask(claim);
  }

  async renew({ id, token }: ClaimName, lease: number): Promise<boolean> {
    checkClaimName({ id, token }, lease);
    return this.#writeLightly(() => this.records.renew({ id, token }, lease));
  }

  async complete({ id, token }: ClaimName, { aggregateId, version, events = [] }: CompletedCommand): Promise<boolean> {
    checkCommandResult({ id, token }, { aggregateId, version, events });
    return this.access.write(() =>
      inTransaction(this.connection, 'begin immediate', () => {
        if (events.length > 0) this.records.record({ id, token }, events);
        else this.records.complete({ id, token }, aggregateId, version);
        return this.records.stateOf({ id, token }) !== undefined;
      }),
    );
  }

  async release({ id, token }: ClaimName): Promise<void> {
    checkClaimName({ id, token });
    await this.#writeLightly(() => this.records.release({ id, token }));
  }

  /** Does not wait for the disk: a power cut also ends the processes that hold claims. */
  #writeLightly<T>(work: () => T): Promise<T> {
    return this.access.write(() =>
      withoutDisk(this.connection, this.settings, () => inTransaction(this.connection, 'begin immediate', work)),
    );
  }
}
