import {
  checkUnschedule,
  type DueDeadlines,
  deadlinePage,
  deadlinesToSchedule,
  dueSegments,
  inputPage,
  type NewDeadline,
  outputPage,
  type ProcessInput,
  type ProcessInputStatus,
  type ProcessOutput,
  type ProcessOutputStatus,
  type ProcessPage,
  type ProcessSegment,
  type ProcessStore,
  type StoredDeadline,
} from '../../../store';
import type { SqliteConnection } from '../connection/driver';
import type { FileAccess } from '../connection/file-access';
import { inTransaction } from '../connection/in-transaction';
import type { SqliteSettings } from '../connection/options';
import type { ProcessRecords } from './process-records';

/** What processes have decided and what they wait for, in the file. */
export class SqliteProcesses implements ProcessStore {
  constructor(
    private readonly connection: SqliteConnection,
    private readonly records: ProcessRecords,
    private readonly settings: SqliteSettings,
    private readonly access: FileAccess,
  ) {}

  async due(segments: readonly ProcessSegment[], limit: number): Promise<DueDeadlines> {
    const wanted = dueSegments(segments, limit);
    return this.#read(() => {
      const now = Math.floor(this.settings.clock.now());
      const times = [...new Set(wanted.map(({ process }) => process))]
        .map(process => this.records.nextAfter(process, now))
        .filter(time => time !== undefined);
      return {
        deadlines: wanted.flatMap(segment => this.records.due(segment, now, limit)),
        nextIn: times.length > 0 ? Math.min(...times) - now : undefined,
      };
    });
  }

  async schedule(process: string, deadlines: readonly NewDeadline[]): Promise<void> {
    const rows = deadlinesToSchedule(process, deadlines);
    if (rows.length > 0) await this.#write(() => this.records.schedule(process, rows));
    else await this.access.read(() => undefined);
  }

  async unschedule(process: string, instance: string, key: string): Promise<boolean> {
    checkUnschedule(process, instance, key);
    return this.#write(() => this.records.unschedule(process, instance, key));
  }

  async inputs(process: string, page?: ProcessPage<ProcessInputStatus>): Promise<readonly ProcessInput[]> {
    const selected = inputPage(process, page);
    return this.access.read(() => this.records.inputs(process, selected));
  }

  async outputs(process: string, page?: ProcessPage<ProcessOutputStatus>): Promise<readonly ProcessOutput[]> {
    const selected = outputPage(process, page);
    return this.access.read(() => this.records.outputs(process, selected));
  }

  async deadlines(
    process: string,
    page?: Parameters<ProcessStore['deadlines']>[1],
  ): Promise<readonly StoredDeadline[]> {
    const selected = deadlinePage(process, page);
    return this.access.read(() => this.records.deadlines(process, selected));
  }

  /** In one read transaction. */
  #read<T>(work: () => T): Promise<T> {
    return this.access.read(this.access.inOpenTransaction ? work : () => inTransaction(this.connection, 'begin', work));
  }

  #write<T>(work: () => T): Promise<T> {
    return this.access.write(() => inTransaction(this.connection, 'begin immediate', work));
  }
}
