import {
  canBeParked,
  canBeReadModel,
  type DeadLetter,
  type DeadLetters,
  letterPage,
  type ParkedName,
  type ParkedSequence,
} from '../../../store';
import type { SqliteConnection } from '../connection/driver';
import type { FileAccess } from '../connection/file-access';
import { inTransaction } from '../connection/in-transaction';
import type { DeadLetterRecords } from './dead-letter-records';

/** Dead letters in the file. */
export class SqliteDeadLetters implements DeadLetters {
  constructor(
    private readonly connection: SqliteConnection,
    private readonly records: DeadLetterRecords,
    private readonly access: FileAccess,
  ) {}

  async sequences(name: ParkedName, segment?: number): Promise<readonly ParkedSequence[]> {
    const { projection, version } = name;
    if (!canBeReadModel(projection, version)) return [];
    return this.access.read(() => this.records.sequences({ projection, version }, segment ?? null));
  }

  async list(
    { projection, version }: ParkedName,
    page: { readonly sequence?: string; readonly after?: bigint; readonly limit?: number } = {},
  ): Promise<readonly DeadLetter[]> {
    const { after, limit } = letterPage(page);
    const { sequence = null } = page;
    if (!canBeParked(projection, version, sequence, after)) return [];
    return this.access.read(() => this.records.list({ projection, version }, sequence, after, limit));
  }

  async retry({ projection, version }: ParkedName, sequence?: string): Promise<number> {
    if (!canBeParked(projection, version, sequence)) return 0;
    return this.#write(() => this.records.retry({ projection, version }, sequence ?? null));
  }

  async discard(
    { projection, version }: ParkedName,
    { sequence = null, position = null }: { readonly sequence?: string | null; readonly position?: bigint | null } = {},
  ): Promise<number> {
    if (!canBeParked(projection, version, sequence, position)) return 0;
    return this.#write(() => this.records.discard({ projection, version }, { sequence, position }));
  }

  #write(work: () => number): Promise<number> {
    return this.access.write(() => inTransaction(this.connection, 'begin immediate', work));
  }
}
