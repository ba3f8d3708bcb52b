import type { Cron } from 'croner';
import {
  aFunction,
  aName,
  InvalidOptionsError,
  isName,
  must,
  needed,
  type OptionChecks,
  oneOf,
  optionFaults,
  shownText,
} from '../../messages';

/** Options of `flow.recurring`. */
export interface RecurringOptions {
  /** An IANA time zone, such as `Europe/Vienna`; default `UTC`. */
  readonly timeZone?: string;
  /**
   * What happens with occurrences that came while no process ran: `once` (default) carries out the last of them, `skip`
   * none, `all` those of the last 24 hours. An occurrence counts as missed when it is a minute late.
   */
  readonly missed?: 'once' | 'skip' | 'all';
  /** What happens with an occurrence while an earlier one is still running: `skip` (default) leaves it out. */
  readonly overlap?: 'skip' | 'allow';
}

/** The argument of `make` in `flow.recurring`. */
export interface Occurrence {
  /** When it was due. */
  readonly dueAt: Date;
}

const MISSED_AFTER_MS = 60_000;
const MAX_MISSED_MS = 86_400_000;

const OPTIONS: OptionChecks<RecurringOptions> = {
  timeZone: must('the name of a time zone', value => typeof value === 'string'),
  missed: oneOf('once', 'skip', 'all'),
  overlap: oneOf('skip', 'allow'),
};

/** A command that is carried out at the times of a cron expression. */
export class Recurrence {
  readonly #cron: Cron;

  /** @throws InvalidOptionsError with all faults, also for an expression that never occurs */
  constructor(
    readonly name: string,
    readonly cron: string,
    /** Returns the command of an occurrence. */
    readonly make: (occurrence: Occurrence) => object,
    readonly options: RecurringOptions,
  ) {
    const faults = [
      ...optionFaults({ name, make }, { name: needed(aName), make: needed(aFunction) }),
      ...optionFaults(options, OPTIONS),
    ];
    const found = faults.length === 0 ? cronOf(cron, options.timeZone ?? 'UTC') : undefined;
    if (typeof found === 'string') faults.push(found);
    if (faults.length > 0)
      throw new InvalidOptionsError(isName(name) ? `recurring('${shownText(name)}')` : 'recurring', faults);
    this.#cron = found as Cron;
  }

  get timeZone(): string {
    return this.options.timeZone ?? 'UTC';
  }

  /** Returns the first occurrence after a time, in milliseconds since 1970; undefined if there is none. */
  after(time: number): number | undefined {
    return this.#cron.nextRun(new Date(time))?.getTime();
  }

  /** Returns the occurrences to carry out when the one at `dueAt` is found at `now`, and the next one after these. */
  due(dueAt: number, now: number): { readonly occurrences: readonly number[]; readonly next: number | undefined } {
    const { missed = 'once' } = this.options;
    const oldest = Math.max(dueAt, now - MAX_MISSED_MS);
    const all: number[] = dueAt >= oldest ? [dueAt] : [];
    let next = this.after(Math.max(dueAt, oldest - 1));
    for (; next !== undefined && next <= now; next = this.after(next)) all.push(next);
    const last = all.at(-1) ?? dueAt;
    if (missed === 'all') return { occurrences: all, next };
    const isMissed = now - last > MISSED_AFTER_MS;
    return { occurrences: missed === 'skip' && isMissed ? [] : [last], next };
  }
}

function cronOf(expression: unknown, timeZone: string): Cron | string {
  if (typeof expression !== 'string')
    return `the cron expression is ${String(expression)}; it must be text such as '30 2 * * *'.`;
  try {
    // Loaded on demand: most applications have no recurring commands.
    const { Cron: Expression } = require('croner') as typeof import('croner');
    const cron = new Expression(expression, { timezone: timeZone, paused: true });
    if (cron.nextRun()) return cron;
    return `the cron expression '${shownText(expression)}' never occurs.`;
  } catch (error) {
    return `the cron expression '${shownText(expression)}', in the time zone '${shownText(timeZone)}', is not valid: ${(error as Error).message}`;
  }
}
