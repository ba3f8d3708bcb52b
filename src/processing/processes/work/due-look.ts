import { Alarm, Gathered } from '../../../concurrency';
import type { ProcessSegment, ProcessStore, StoredDeadline } from '../../../store';

/** The longest interval between two queries, which find what other processes have scheduled, in milliseconds: */
const LOOK_INTERVAL_MS = 450;
/** while nothing was due for so long, */
const CALM_AFTER_MS = 10_000;
/** it is longer. */
const CALM_INTERVAL_MS = 900;
/** The shortest interval between two queries, even if this clock is ahead of the store's, in milliseconds. */
const MIN_INTERVAL_MS = 5;
/** How many deadlines of a segment one query returns. */
const MAX_DUE = 100;

/** A segment whose deadlines are looked up. */
interface Looking {
  readonly of: ProcessSegment;
  readonly wake: () => void;
  due: readonly StoredDeadline[];
  /** How often what was found has been outdated. */
  outdated: number;
}

/**
 * Finds the deadlines that are due, in one query for all segments that this process owns, of all process managers:
 * once or twice a second, and whenever the next known one is due.
 */
export class DueLook {
  readonly #segments = new Set<Looking>();
  /** Callers in the same turn of the event loop share one query. */
  readonly #look = new Gathered<'due', void>(
    () => 'due',
    () => [this.#ask()],
  );
  readonly #alarm = new Alarm(() => this.#wakeAll());
  #askedAt = Number.NEGATIVE_INFINITY;
  /** When something was due last, by `performance.now()`. */
  #foundAt = Number.NEGATIVE_INFINITY;
  #nextAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly processes: ProcessStore,
    /** Milliseconds since 1970, by the clock of the application. */
    private readonly now: () => number,
  ) {}

  /** Starts to look up the deadlines of a segment; `wake` is called when something may be due. */
  begin(of: ProcessSegment, wake: () => void): DueSegment {
    const looking: Looking = { of, wake, due: [], outdated: 0 };
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
      outdate: () => {
        looking.outdated++;
        looking.due = [];
        this.#nextAt = Number.NEGATIVE_INFINITY;
      },
      end: () => {
        this.#segments.delete(looking);
        if (this.#segments.size === 0) this.#alarm.clear();
      },
    };
  }

  /** Records a deadline that this process has set. @param at milliseconds since 1970 */
  expect(at: number): void {
    if (at >= this.#nextAt) return;
    this.#nextAt = at;
    this.#setAlarm();
  }

  /**
   * Returns when the next deadline of these process managers is due, by the clock of the application; undefined if
   * there is none. @throws errors of the store
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
    return this.now() >= this.#nextAt || performance.now() - this.#askedAt >= this.#interval;
  }

  get #interval(): number {
    return performance.now() - this.#foundAt < CALM_AFTER_MS ? LOOK_INTERVAL_MS : CALM_INTERVAL_MS;
  }

  async #ask(): Promise<void> {
    const asked = Array.from(this.#segments, looking => ({ looking, outdated: looking.outdated }));
    const before = this.now();
    this.#askedAt = performance.now();
    this.#nextAt = Number.POSITIVE_INFINITY;
    const { deadlines, nextIn } = await this.processes.due(
      asked.map(({ looking }) => looking.of),
      MAX_DUE,
    );
    if (deadlines.length > 0) this.#foundAt = performance.now();
    const byProcess = new Map<string, StoredDeadline[]>(asked.map(({ looking }) => [looking.of.process, []]));
    for (const deadline of deadlines) byProcess.get(deadline.process)!.push(deadline);
    for (const { looking, outdated } of asked) {
      if (looking.outdated !== outdated) continue;
      const { process, segment, segments } = looking.of;
      looking.due = byProcess.get(process)!.filter(({ hash }) => hash % segments === segment);
    }
    if (nextIn !== undefined) this.expect(before + Math.max(MIN_INTERVAL_MS, nextIn));
    for (const { looking } of asked) if (looking.due.length > 0) looking.wake();
  }

  #setAlarm(): void {
    const milliseconds = this.#nextAt - this.now();
    // The segments find later ones in their regular queries.
    if (milliseconds <= CALM_INTERVAL_MS) this.#alarm.set(Math.max(0, milliseconds));
  }

  #wakeAll(): void {
    for (const { wake } of this.#segments) wake();
  }
}

/** Finds the due deadlines of one segment. */
export interface DueSegment {
  /**
   * Returns what is due and was not returned before. Asks the store if something may be due. @throws errors of the
   * store
   */
  take(): Promise<readonly StoredDeadline[]>;
  /**
   * Called when some of what was found is taken care of: neither what was found before nor the answer to a look that is
   * under way is returned, as another segment may have asked before that.
   */
  outdate(): void;
  end(): void;
}
