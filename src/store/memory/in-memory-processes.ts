import { type Clock, isoTime } from '../../messages';
import {
  checkUnschedule,
  deadlinePage,
  deadlinesToSchedule,
  dueSegments,
  inputPage,
  outputPage,
} from '../kit/projections/process-checks';
import type { SealedProcess } from '../kit/projections/sealed-process';
import type {
  DueDeadlines,
  NewDeadline,
  ProcessInput,
  ProcessInputStatus,
  ProcessOutput,
  ProcessOutputStatus,
  ProcessPage,
  ProcessSegment,
  ProcessStore,
  StoredDeadline,
} from '../ports/process-store';
import type { InMemoryAccess } from './in-memory-access';
import { InMemoryProcess } from './in-memory-process';

/** What processes have decided and what they wait for, in the memory of the process. */
export class InMemoryProcesses implements ProcessStore {
  readonly #processes = new Map<string, InMemoryProcess>();

  constructor(
    private readonly clock: Clock,
    private readonly access: InMemoryAccess,
  ) {}

  async due(segments: readonly ProcessSegment[], limit: number): Promise<DueDeadlines> {
    const wanted = dueSegments(segments, limit);
    return this.access.read(() => {
      const now = Math.floor(this.clock.now());
      const next = Math.min(
        ...wanted.map(({ process }) => this.#of(process).nextAfter(now) ?? Number.POSITIVE_INFINITY),
      );
      return {
        deadlines: wanted.flatMap(({ process, segments, segment }) =>
          this.#of(process).due(now, limit, hash => hash % segments === segment),
        ),
        nextIn: Number.isFinite(next) ? next - now : undefined,
      };
    });
  }

  async schedule(process: string, deadlines: readonly NewDeadline[]): Promise<void> {
    const sealed = deadlinesToSchedule(process, deadlines);
    await this.access.write(() => {
      const kept = this.#kept(process);
      for (const deadline of sealed) if (!kept.isSet(deadline)) kept.set(deadline);
    });
  }

  async unschedule(process: string, instance: string, key: string): Promise<boolean> {
    checkUnschedule(process, instance, key);
    return this.access.write(() => this.#of(process).clear(instance, key));
  }

  async inputs(process: string, page?: ProcessPage<ProcessInputStatus>): Promise<readonly ProcessInput[]> {
    const selected = inputPage(process, page);
    return this.access.read(() => this.#of(process).inputs(selected));
  }

  async outputs(process: string, page?: ProcessPage<ProcessOutputStatus>): Promise<readonly ProcessOutput[]> {
    const selected = outputPage(process, page);
    return this.access.read(() => this.#of(process).outputs(selected));
  }

  async deadlines(
    process: string,
    page?: Parameters<ProcessStore['deadlines']>[1],
  ): Promise<readonly StoredDeadline[]> {
    const selected = deadlinePage(process, page);
    return this.access.read(() => this.#of(process).deadlines(selected));
  }

  /** Takes in what a commit changes. */
  change(process: string, changes: SealedProcess): void {
    this.#kept(process).change(changes, isoTime(this.clock.now()));
  }

  drop(process: string): void {
    this.#processes.delete(process);
  }

  #of(process: string): InMemoryProcess {
    return this.#processes.get(process) ?? new InMemoryProcess(process);
  }

  #kept(process: string): InMemoryProcess {
    const kept = this.#of(process);
    this.#processes.set(process, kept);
    return kept;
  }
}
