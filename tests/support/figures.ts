import { setImmediate as turn } from 'node:timers/promises';
import * as fc from 'fast-check';
import type { Differences } from './counting';
import { newSeed } from './random';

/** What a rig has tried, on which store, and the seed it chose by. */
export interface Subject {
  /** The number in the list of what is promised of reliability. */
  readonly item: number | string;
  readonly store: string;
  readonly done: string;
  readonly seed: number;
}

/** One line of the table. */
export interface Figure extends Subject {
  readonly target: string;
  readonly measured: string;
  /** Absent where nothing is promised. */
  readonly met: boolean | undefined;
  /** False for times and sizes, in which the machine has a say: they are printed, and fail nothing. */
  readonly binding: boolean;
}

const figure = (
  subject: Subject,
  target: string,
  measured: string,
  met: boolean | undefined,
  binding = true,
): Figure => ({
  ...subject,
  ...{ target, measured, met, binding },
});

/** What must not happen, not once. */
export const none = (subject: Subject, what: string, count: number): Figure =>
  figure(subject, `0 ${what}`, `${count}`, count === 0);

/** No differences between what a projection has made of the events and what they are. */
export const noDifferences = (
  subject: Subject,
  { lost, doubled, disorder }: Differences,
  what = 'events',
  where = '',
): Figure[] => [
  none(subject, `${what} lost${where}`, lost),
  none(subject, `${what} twice${where}`, doubled),
  none(subject, `${what} out of order${where}`, disorder),
];

/** A negative control: what the rig must notice, or else its zeros say nothing. */
export const some = (subject: Subject, what: string, count: number): Figure =>
  figure(subject, `control: some ${what}`, `${count}`, count > 0);

/** So many, no more and no less. */
export const exactly = (subject: Subject, what: string, count: number, wanted: number): Figure =>
  figure(subject, `${wanted} ${what}`, `${count}`, count === wanted);

/** A time or a size that should be below a limit. */
export const below = (subject: Subject, what: string, value: number, limit: number, unit: string): Figure =>
  figure(subject, `${what} < ${limit} ${unit}`, `${Math.round(value)} ${unit}`, value < limit, false);

/** What is only told. */
export const told = (subject: Subject, what: string, measured: string): Figure =>
  figure(subject, what, measured, undefined, false);

/** In a test, runs end with it: a property that goes on afterwards would disturb the tests that follow. */
const LIMIT = {
  markInterruptAsFailure: true,
  interruptAfterTimeLimit: process.env.JEST_WORKER_ID ? 110_000 : 3_600_000,
};
const TURN_EVERY = 20;

/**
 * What happens in memory takes no turn of the event loop: without some between the runs, no timer, and so no limit, is
 * ever heard of.
 */
function bounded<T>(property: fc.IAsyncPropertyWithHooks<T>): fc.IAsyncPropertyWithHooks<T> {
  let runs = 0;
  return property.beforeEach(async () => {
    if (++runs % TURN_EVERY === 0) await turn();
  });
}

/** A property that must hold in all runs. */
export async function holds<T>(
  subject: Subject,
  property: fc.IAsyncPropertyWithHooks<T>,
  numRuns: number,
): Promise<Figure> {
  const details = await fc.check(bounded(property), { ...LIMIT, numRuns, seed: subject.seed });
  const report = details.failed ? `${await fc.asyncDefaultReportMessage(details)}` : `0 of ${details.numRuns}`;
  return figure(subject, '0 runs that fail', report, !details.failed);
}

/** A negative control: a property that must not hold. */
export async function isRefuted<T>(
  subject: Subject,
  property: fc.IAsyncPropertyWithHooks<T>,
  numRuns: number,
): Promise<Figure> {
  const details = await fc.check(bounded(property), { ...LIMIT, numRuns, seed: subject.seed, endOnFailure: true });
  const measured = details.failed ? `run ${details.numRuns} fails` : `0 of ${details.numRuns}`;
  return figure(subject, 'control: a run that fails', measured, details.failed);
}

/** Returns a sentence for each figure that is not what it must be. */
export const unmet = (figures: readonly Figure[]): string[] =>
  figures
    .filter(({ met, binding }) => binding && met === false)
    .map(
      ({ item, store, done, target, measured, seed }) =>
        `${item}, ${store}: ${done}: ${target}, measured: ${measured} (seed ${seed})`,
    );

/** Plays a rig with a new seed and returns a sentence for each figure that is not what it must be. */
export async function faultsOf(rig: (seed: number) => Promise<Figure[]>): Promise<string[]> {
  const seed = newSeed();
  try {
    return unmet(await rig(seed));
  } catch (error) {
    throw new Error(`The rig failed, played with the seed ${seed}: ${error}`, { cause: error });
  }
}

const COLUMNS = ['item', 'store', 'done', 'target', 'measured', 'seed', 'met'] as const;

/** Returns the figures as a table in Markdown. */
export function table(figures: readonly Figure[]): string {
  const cells = figures.map(each => COLUMNS.map(column => cell(each, column)));
  const rows = [
    ['Item', 'Store', 'What was done', 'Target', 'Measured', 'Seed', 'Met'],
    COLUMNS.map(() => '---'),
    ...cells,
  ];
  return rows.map(row => `| ${row.join(' | ')} |`).join('\n');
}

function cell(figure: Figure, column: (typeof COLUMNS)[number]): string {
  if (column === 'met') return figure.met === undefined ? '–' : figure.met ? 'yes' : 'NO';
  if (column === 'seed') return `${figure.seed}`;
  const line = `${figure[column]}`.replaceAll('|', '\\|').replace(/\s*\n\s*/g, ' ');
  return line.replace(/\b\d{4,}\b/g, digits => Number(digits).toLocaleString('en'));
}
