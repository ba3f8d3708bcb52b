import { Alarm, Gathered } from '../../../concurrency';
import type { ProcessSegment, ProcessStore, StoredDeadline } from '../../../store';

/** How often the store is asked at least, for what other processes have scheduled, in milliseconds. */
const LOOK_INTERVAL_MS = 450;
/** A clock that is ahead of the store's must not lead to questions without a pause, in milliseconds. */
const MIN_INTERVAL_MS = 5;
/** How many deadlines of a segment come in one look. */
const MAX_DUE = 100;

/** A segment that deadlines are looked for. */
interface Looking {
  readonly of: ProcessSegment;
  readonly wake: () => void;
  due: readonly StoredDeadline[];
}

/**
 * Finds the deadlines that are due, in one question for all segments that this process has, of all process managers:
 * twice a second, and when the next one is due that it knows of.
 */
export class DueLook {
  readonly #segments = new Set<Looking>();
  /** All who ask in one turn share one question. */
  readonly #look = new Gathered<'due', void>(
    () => 'due',
    () => [this.#ask()],
  );
  readonly #alarm = new Alarm(() => this.#wakeAll());
  #askedAt = Number.NEGATIVE_INFINITY;
  #nextAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly processes: ProcessStore,
    /** Milliseconds since 1970, by the clock of the application. */
    private readonly now: () => number,
  ) {}

  /** Begins to look for a segment; `wake` is called when something may be due. */
  begin(of: ProcessSegment, wake: () => void): DueSegment {
    const looking: Looking = { of, wake, due: [] };
    this.#segments.add(looking);
    this.#nextAt = Number.NEGATIVE_INFINITY;
    return {
      take: async () => {
        if (looking.due.length === 0 && this.#isTime()) await this.#look.ask('due');
        const { due } = looking;
        looking.due = [];
        // There may be more.
        if (due.length === MAX_DUE) this.#nextAt = Number.NEGATIVE_INFINITY;
        return due;
      },
      end: () => {
        this.#segments.delete(looking);
        if (this.#segments.size === 0) this.#alarm.clear();
      },
    };
  }

  /** Takes note of a deadline that this process has set. @param at milliseconds since 1970 */
  expect(at: number): void {
    if (at >= this.#nextAt) return;
    this.#nextAt = at;
    this.#setAlarm();
  }

  /**
   * Returns when the next deadline is due of all processes that are looked after here, by the clock of the application;
   * undefined if there is none. @throws errors of the store
   */
  async next(): Promise<number | undefined> {
    const processes = new Set([...this.#segments].map(({ of }) => of.process));
    if (processes.size === 0) return undefined;
    const whole = [...processes].map(process => ({ process, segments: 1, segment: 0 }));
    const now = this.now();
    const { deadlines, nextIn } = await this.processes.due(whole, 1);
    if (deadlines.length > 0) return now;
    return nextIn === undefined ? undefined : now + nextIn;
  }

  #isTime(): boolean {
    return this.now() >= this.#nextAt || performance.now() - this.#askedAt >= LOOK_INTERVAL_MS;
  }

  async #ask(): Promise<void> {
    const asked = [...this.#segments];
    const before = this.now();
    this.#askedAt = performance.now();
    this.#nextAt = Number.POSITIVE_INFINITY;
    const { deadlines, nextIn } = await this.processes.due(
      asked.map(({ of }) => of),
      MAX_DUE,
    );
    const byProcess = new Map<string, StoredDeadline[]>();
    for (const deadline of deadlines)
      byProcess.set(deadline.process, [...(byProcess.get(deadline.process) ?? []), deadline]);
    for (const looking of asked) {
      const { process, segment, segments } = looking.of;
      looking.due = (byProcess.get(process) ?? []).filter(({ hash }) => hash % segments === segment);
    }
    if (nextIn !== undefined) this.expect(before + Math.max(MIN_INTERVAL_MS, nextIn));
    for (const looking of asked) if (looking.due.length > 0) looking.wake();
  }

  #setAlarm(): void {
    const milliseconds = this.#nextAt - this.now();
    // Later ones are found by the segments, which look now and then.
    if (milliseconds <= LOOK_INTERVAL_MS) this.#alarm.set(Math.max(0, milliseconds));
  }

  #wakeAll(): void {
    for (const { wake } of this.#segments) wake();
  }
}

/** Gives one segment what is due. */
export interface DueSegment {
  /**
   * Returns what is due and was not returned before; asks the store where it may be time. @throws errors of the store
   */
  take(): Promise<readonly StoredDeadline[]>;
  end(): void;
}
