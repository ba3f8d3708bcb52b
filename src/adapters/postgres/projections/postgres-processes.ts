import { isoTime } from '../../../messages';
import {
  checkUnschedule,
  type DueDeadlines,
  deadlinePage,
  deadlinesToSchedule,
  dueSegments,
  InvalidProcessError,
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
  type SelectedPage,
  type StoredDeadline,
} from '../../../store';
import type { Access } from '../connection/access';
import { isOfContent } from '../connection/failures';
import type { Row } from '../connection/statement';
import { type ProcessStatements, processStatements } from './process-statements';
import { deadlineValues } from './process-values';

/** What processes have decided and what they wait for, in tables beside the checkpoints. */
export class PostgresProcesses implements ProcessStore {
  readonly #statements: ProcessStatements;

  constructor(private readonly access: Access) {
    this.#statements = processStatements(access.settings.names);
  }

  async due(segments: readonly ProcessSegment[], limit: number): Promise<DueDeadlines> {
    const wanted = dueSegments(segments, limit);
    const rows = await this.access.ask(this.#statements.due, [
      ...[
        wanted.map(({ process }) => process),
        wanted.map(each => each.segments),
        wanted.map(({ segment }) => segment),
      ],
      limit,
    ]);
    const nextIn = rows[0]![0];
    return {
      deadlines: rows.filter(([, process]) => process !== null).map(([, ...row]) => deadlineOf([...row, 'f'])),
      nextIn: nextIn === null ? undefined : Number(nextIn),
    };
  }

  async schedule(process: string, deadlines: readonly NewDeadline[]): Promise<void> {
    const sealed = deadlinesToSchedule(process, deadlines);
    try {
      await this.access.run(({ ask }) => ask(this.#statements.schedule, [process, ...deadlineValues(sealed)]));
    } catch (error) {
      if (!isOfContent(error)) throw error;
      throw new InvalidProcessError([`PostgreSQL does not take its deadlines: ${(error as Error).message}.`], error);
    }
  }

  async unschedule(process: string, instance: string, key: string): Promise<boolean> {
    checkUnschedule(process, instance, key);
    return (await this.access.ask(this.#statements.unschedule, [process, instance, key])).length > 0;
  }

  async inputs(process: string, page?: ProcessPage<ProcessInputStatus>): Promise<readonly ProcessInput[]> {
    const selected = inputPage(process, page);
    // No input is ever held.
    const wanted = selected.held ? { ...selected, limit: 0 } : selected;
    const rows = await this.access.ask(this.#statements.inputs, pageValues(process, wanted));
    return rows.map(([kind, position, ...row]) => ({
      kind: kind as ProcessInput['kind'],
      ...{ position: position == null ? undefined : BigInt(position), content: contentOf(row[5]) },
      ...common<ProcessInputStatus>(row),
    }));
  }

  async outputs(process: string, page?: ProcessPage<ProcessOutputStatus>): Promise<readonly ProcessOutput[]> {
    const selected = outputPage(process, page);
    const values = [...pageValues(process, selected), selected.held ?? null];
    const rows = await this.access.ask(this.#statements.outputs, values);
    return rows.map(([input, held, ...row]) => ({
      input: input!,
      ...{ content: JSON.parse(row[5]!), held: held === 't' },
      ...common<ProcessOutputStatus>(row),
    }));
  }

  async deadlines(
    process: string,
    page?: Parameters<ProcessStore['deadlines']>[1],
  ): Promise<readonly StoredDeadline[]> {
    const { instance = null, after, limit } = deadlinePage(process, page);
    // Before all places, as no instance is empty.
    const values = [process, after?.instance ?? '', after?.key ?? '', limit];
    const rows = await (instance === null
      ? this.access.ask(this.#statements.allDeadlines, values)
      : this.access.ask(this.#statements.deadlinesOf, [...values, instance]));
    return rows.map(deadlineOf);
  }
}

const pageValues = (process: string, { instance, segment, status, after, limit }: SelectedPage): unknown[] => [
  ...[process, instance ?? null, segment?.segments ?? null, segment?.segment ?? null, status ?? null, after, limit],
];

/** What inputs and outputs have in common, but for their contents. */
const common = <Status>([entry, id, instance, hash, run, , status, note, at]: Row) => ({
  entry: BigInt(entry!),
  ...{ id: id!, instance: instance!, hash: Number(hash), run: Number(run) },
  ...{ status: status as Status, note: note ?? undefined, at: isoTime(Number(at)) },
});

const deadlineOf = ([process, instance, hash, key, id, run, dueAt, content, held]: Row): StoredDeadline => ({
  process: process!,
  ...{ instance: instance!, hash: Number(hash), key: key!, id: id!, run: Number(run) },
  ...{ dueAt: Number(dueAt), content: contentOf(content), held: held === 't' },
});

const contentOf = (text: string | null | undefined): object | undefined =>
  text == null ? undefined : (JSON.parse(text) as object);
