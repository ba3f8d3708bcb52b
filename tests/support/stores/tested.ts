export type StoreName = 'memory' | 'SQLite' | 'PostgreSQL';

const ALL = ['memory', 'SQLite', 'PostgreSQL'] as const;

/**
 * The stores that are tested: all, or those that EVENTUALITY_STORES names, with commas. `npm run test:quick` tests
 * in memory only; `.ci/run` plays on an older PostgreSQL what is played on all stores beside a newer one.
 */
export const TESTED: readonly StoreName[] = ALL.filter(
  name => process.env.EVENTUALITY_STORES?.split(',').includes(name) ?? true,
);

/** Those that outlive a process. */
export const DURABLE = TESTED.filter(name => name !== 'memory');

/** Returns the rows of a table of stores, such as `['in SQLite', ...]`, that are tested. */
export const tested = <Row extends readonly [place: string, ...rest: unknown[]]>(rows: readonly Row[]): Row[] =>
  rows.filter(([place]) => TESTED.some(name => place === `in ${name}`));
