import type {
  DeadlinePage,
  NewDeadline,
  ProcessInput,
  ProcessOutput,
  ProcessSegment,
  SealedProcess,
  SelectedPage,
  StoredDeadline,
} from '../../../store';
import type { SqliteConnection, SqliteValue } from '../connection/driver';
import { PageStatements, type ProcessStatements, prepareProcessStatements } from './process-statements';

/** Reads and writes the rows of processes through one connection; writes need an open transaction. */
export class ProcessRecords {
  readonly #pages: PageStatements;
  #prepared: ProcessStatements | undefined;

  constructor(private readonly connection: SqliteConnection) {
    this.#pages = new PageStatements(connection);
  }

  /** Prepared on demand, because most applications have no processes. */
  get #statements(): ProcessStatements {
    this.#prepared ??= prepareProcessStatements(this.connection);
    return this.#prepared;
  }

  /** Makes changes in the order that the port requires. */
  change(process: string, { ends, outcomes, clear, hold, forget, ...recorded }: SealedProcess, at: string): void {
    const statements = this.#statements;
    for (const instance of ends) {
      statements.cancel.run(process, instance);
      statements.deleteDeadlines.run(process, instance);
    }
    this.#record(process, recorded, at);
    for (const { id, status, note = null } of outcomes) statements.recordOutcome.run(status, note, status, process, id);
    for (const { instance, key, id = null } of clear) statements.clear.run(process, instance, key, id);
    for (const deadline of recorded.deadlines) statements.set.run(...deadlineValues(process, deadline));
    for (const { instance, held } of hold)
      for (const statement of statements.hold) statement.run(held ? 1 : 0, process, instance);
    for (const instance of forget) for (const statement of statements.forget) statement.run(process, instance);
  }

  schedule(process: string, deadlines: readonly NewDeadline[]): void {
    for (const deadline of deadlines) this.#statements.setOther.run(...deadlineValues(process, deadline));
  }

  unschedule(process: string, instance: string, key: string): boolean {
    const wasSet = this.#statements.isSet.get(process, instance, key) !== undefined;
    if (wasSet) this.#statements.clear.run(process, instance, key, null);
    return wasSet;
  }

  due({ process, segments, segment }: ProcessSegment, now: number, limit: number): StoredDeadline[] {
    return deadlinesOf(this.#statements.due.all(process, now, segments, segment, limit));
  }

  nextAfter(process: string, now: number): number | undefined {
    return (this.#statements.nextAfter.get(process, now) as { dueAt: number } | undefined)?.dueAt;
  }

  inputs(process: string, page: SelectedPage): ProcessInput[] {
    const rows = this.#pages.read('inputs', process, page) as InputRow[];
    return Array.from(rows, ({ position, ...row }) => ({
      position: position === null ? undefined : BigInt(position),
      ...{ ...row, ...common(row) },
    }));
  }

  outputs(process: string, page: SelectedPage): ProcessOutput[] {
    const rows = this.#pages.read('outputs', process, page) as OutputRow[];
    return Array.from(rows, row => ({
      ...row,
      ...common(row),
      content: JSON.parse(row.content!),
      held: row.held === 1,
    }));
  }

  deadlines(process: string, { instance, after, limit }: DeadlinePage): StoredDeadline[] {
    // Before all places, as no instance is empty.
    const { instance: last, key } = after ?? { instance: '', key: '' };
    const { allDeadlines, deadlinesOf: ofInstance } = this.#statements;
    return deadlinesOf(
      instance === undefined
        ? allDeadlines.all(process, last, key, limit)
        : ofInstance.all(process, instance, last, key, limit),
    );
  }

  /** Deletes all rows of a process that has no version left. */
  drop(process: string): void {
    for (const statement of this.#statements.drop) statement.run(process, process);
  }

  #record(process: string, { inputs, outputs }: Pick<SealedProcess, 'inputs' | 'outputs'>, at: string): void {
    const { recordInput, recordOutput } = this.#statements;
    for (const { id, instance, hash, run, kind, position = null, content, status, note = null } of inputs)
      recordInput.run(process, id, instance, hash, run, kind, position, textOf(content), status, note, at);
    for (const { id, instance, hash, run, input, content, status, note = null } of outputs)
      recordOutput.run(process, id, instance, hash, run, input, textOf(content), status, note, at);
  }
}

const deadlineValues = (
  process: string,
  { instance, hash, key, id, run, dueAt, content }: NewDeadline,
): SqliteValue[] => [process, instance, hash, key, id, run, dueAt, textOf(content)];

const textOf = (content: object | undefined): string | null => (content === undefined ? null : JSON.stringify(content));

/** A row as it is stored, where it differs from what the port returns. */
type Stored<Row> = Omit<Row, 'entry' | 'content' | 'note' | 'held' | 'position'> & {
  readonly entry: string;
  readonly content: string | null;
  readonly note: string | null;
};
type InputRow = Stored<ProcessInput> & { readonly position: string | null };
type OutputRow = Stored<ProcessOutput> & { readonly held: number };
type DeadlineRow = Omit<StoredDeadline, 'content' | 'held'> & {
  readonly content: string | null;
  readonly held: number;
};

const common = ({ entry, content, note }: Pick<InputRow, 'entry' | 'content' | 'note'>) => ({
  entry: BigInt(entry),
  ...{ content: contentOf(content), note: note ?? undefined },
});

const deadlinesOf = (rows: unknown[]): StoredDeadline[] =>
  Array.from(rows as DeadlineRow[], row => ({ ...row, content: contentOf(row.content), held: row.held === 1 }));

const contentOf = (text: string | null): object | undefined => (text === null ? undefined : JSON.parse(text));
