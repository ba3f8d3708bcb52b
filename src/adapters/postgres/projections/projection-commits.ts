import type { Clock } from '../../../messages';
import {
  type CommitOutcome,
  type DocumentRead,
  InvalidCommitError,
  type PreparedWrite,
  prepareWrites,
  type SealedCommit,
  UnknownReadModelError,
  type WriteGroup,
} from '../../../store';
import type { Connection } from '../connection/connection';
import type { Database } from '../connection/database';
import { isOfContent } from '../connection/failures';
import { HeldTransactions } from '../connection/held-transactions';
import type { Ask } from '../connection/statement';
import { runWork, unwrapped } from '../connection/user-work';
import { jsonList } from './json-list';
import { lockCheckpoint } from './lock-checkpoint';
import type { PostgresDeadLetters } from './postgres-dead-letters';
import { changeValues } from './process-values';
import { keyLists, type ProjectionStatements, writerOf } from './projection-statements';
import type { KnownReadModel, ReadModelCache } from './read-model-cache';

/** The writes to one version of a read model. */
interface Page {
  readonly model: KnownReadModel;
  readonly writes: readonly PreparedWrite[];
}

/** Rolls back a transaction whose commit was refused. */
class Refusal extends Error {
  constructor(readonly outcome: CommitOutcome) {
    super('The commit was refused.');
  }
}

/** Writes commits: usually with one statement; in a transaction if there is user work, or dead letters. */
export class ProjectionCommits {
  readonly #held: HeldTransactions;

  constructor(
    maxConnections: number,
    private readonly statements: ProjectionStatements,
    private readonly known: ReadModelCache,
    private readonly letters: PostgresDeadLetters,
    /** The time of what is recorded; default the clock of the database. */
    private readonly clock: Clock | undefined,
  ) {
    this.#held = new HeldTransactions(maxConnections);
  }

  async commit(database: Database, commit: SealedCommit): Promise<CommitOutcome> {
    if (isPlain(commit)) return this.#write(database.ask, commit);
    try {
      return await this.#held.run(() => database.transaction(connection => this.#inTransaction(connection, commit)));
    } catch (error) {
      if (error instanceof Refusal) return error.outcome;
      throw unwrapped(error);
    }
  }

  /** Writes a commit on a connection with an open transaction, which an error makes unusable. */
  async within({ client, ask }: Connection, commit: SealedCommit): Promise<CommitOutcome> {
    const { checkpoint, from, work, retried } = commit;
    if (work.length > 0 || retried !== undefined) {
      // Locked before the work runs, so that it is not done in vain.
      await lockCheckpoint(ask, this.statements, checkpoint);
      const refusal = await this.#refusal(ask, commit, from);
      if (refusal) return refusal;
      if (retried !== undefined && !(await this.letters.isParked(ask, checkpoint, retried)))
        return { ok: false, checkpoint: from, fenced: false, outdated: true };
      await runWork(client, work);
    }
    const outcome = await this.#write(ask, commit);
    if (outcome.ok) await this.letters.change(ask, commit);
    return outcome;
  }

  async #inTransaction(connection: Connection, commit: SealedCommit): Promise<CommitOutcome> {
    const outcome = await this.within(connection, commit);
    if (!outcome.ok) throw new Refusal(outcome);
    return outcome;
  }

  /** @throws InvalidCommitError for contents that PostgreSQL never accepts: a retry is of no use */
  async #write(ask: Ask, commit: SealedCommit): Promise<CommitOutcome> {
    try {
      return await this.#tryWrite(ask, commit);
    } catch (error) {
      if (!isOfContent(error)) throw error;
      throw new InvalidCommitError([`PostgreSQL does not take its contents: ${(error as Error).message}.`], error);
    }
  }

  async #tryWrite(ask: Ask, commit: SealedCommit): Promise<CommitOutcome> {
    const { from, reads, process } = commit;
    const groups = allGroups(commit);
    const statements = from === 0n ? this.statements.firstCommit : this.statements.nextCommit;
    const changes = process ? changeValues(process, this.clock?.now()) : [];
    for (;;) {
      const pages = await this.#pages(ask, groups);
      const { values, deletions } = commitValues(commit, pages);
      const parts = { deletes: deletions.length > 0, reads: reads.length > 0, process: process !== undefined };
      const checks = parts.reads ? readValues(reads, pages) : [];
      const [row] = await ask(statements(parts), [...values, ...deletions, ...checks, ...changes]);
      if (row![0] === '1') return { ok: true };
      // The checkpoint has moved, the lease is lost, or a read model has changed.
      for (const { readModel, version } of groups) await this.#refuseClosed(ask, readModel, version);
      const refusal = await this.#refusal(ask, commit, from);
      if (refusal) return refusal;
      if (row![1] === 'f') return { ok: false, checkpoint: from, fenced: false, outdated: true };
    }
  }

  async #refusal(ask: Ask, { checkpoint, fence }: SealedCommit, from: bigint): Promise<CommitOutcome | undefined> {
    const { projection, version, segment } = checkpoint;
    const [row] = await ask(this.statements.place, [projection, version, segment, fence ?? null]);
    const [position, fenced] = [BigInt(row![0] ?? 0), row![1] === 't'];
    return fenced || position !== from ? { ok: false, checkpoint: position, fenced } : undefined;
  }

  async #refuseClosed(ask: Ask, readModel: string, version: number): Promise<void> {
    this.known.forget(readModel, version);
    const [open] = await ask(this.statements.openReadModel, [readModel, version]);
    if (!open) throw new UnknownReadModelError(readModel, version);
  }

  async #pages(ask: Ask, groups: readonly WriteGroup[]): Promise<Page[]> {
    const pages: Page[] = [];
    for (const group of groups) {
      const model = await this.known.get(ask, group.readModel, group.version);
      pages.push({ model, writes: prepareWrites(group, model.indexes) });
    }
    return pages;
  }
}

const isPlain = ({ work, park, unpark, retried, answers }: SealedCommit): boolean =>
  work.length + park.length + unpark.length === 0 && retried === undefined && !answers;

/** The groups of a commit, and empty ones for the version of its checkpoint, and for what it only reads. */
function allGroups({ checkpoint, groups, reads }: SealedCommit): readonly WriteGroup[] {
  const all = [...groups];
  for (const { readModel, version } of [{ readModel: checkpoint.projection, version: checkpoint.version }, ...reads]) {
    if (!all.some(group => group.readModel === readModel && group.version === version))
      all.push({ readModel, version, documents: new Map() });
  }
  return all;
}

/** Encodes what a commit has read as the values of its statement. */
function readValues(reads: readonly DocumentRead[], pages: readonly Page[]): unknown[] {
  const placeOf = ({ readModel, version }: DocumentRead): number =>
    pages.findIndex(({ model }) => model.name === readModel && model.version === version) + 1;
  return [reads.map(placeOf), reads.map(({ id }) => id), reads.map(({ document }) => document && writerOf(document))];
}

/** Encodes a commit as the values of its statement, and those of the deletions, which have a statement of their own. */
function commitValues(
  { checkpoint, from, to, fence }: SealedCommit,
  pages: readonly Page[],
): { readonly values: unknown[]; readonly deletions: unknown[] } {
  const models = pages.map(({ model }) => model);
  const placed = pages.flatMap(({ writes }, index) => writes.map(write => ({ place: index + 1, ...write })));
  const written = placed.filter(({ document }) => document !== null);
  const deleted = placed.filter(({ document }) => document === null);
  const values = [
    ...[models.map(({ name }) => name), models.map(({ version }) => version), models.map(({ text }) => text)],
    ...[checkpoint.projection, checkpoint.version, checkpoint.segment, from, to],
    ...[
      written.map(({ place }) => place),
      written.map(({ id }) => id),
      jsonList(written.map(({ document }) => document)),
    ],
    ...keyLists(written),
    fence ?? null,
  ];
  return {
    values,
    deletions: deleted.length > 0 ? [deleted.map(({ place }) => place), deleted.map(({ id }) => id)] : [],
  };
}
