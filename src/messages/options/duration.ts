import { type Check, must } from './options';

/** A length of time: milliseconds, or text such as `'90s'`, `'30m'` or `'1d 12h'`. */
export type Duration = number | string;

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
const PART = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)$/;

/** A longer one could lead to a time that no date can have. */
const MAX_DURATION_MS = 1000 * 366 * 86_400_000;

/** Returns a duration in whole milliseconds, at most 1,000 years; undefined for what is none. A day has 24 hours. */
export function millisecondsOf(duration: unknown): number | undefined {
  if (typeof duration === 'number') return wholeMilliseconds(duration);
  if (typeof duration !== 'string') return undefined;
  const parts = duration.trim().split(/(?<=[a-z])\s+/);
  const lengths = parts.map(part => {
    const found = PART.exec(part);
    return found ? Number(found[1]) * UNITS[found[2]!]! : Number.NaN;
  });
  return wholeMilliseconds(lengths.reduce((sum, each) => sum + each, 0));
}

const wholeMilliseconds = (length: number): number | undefined =>
  length >= 0 && length <= MAX_DURATION_MS ? Math.round(length) : undefined;

/** Checks a length of time. */
export const aDuration: Check = must(
  "milliseconds from 0, or text such as '90s', '30m' or '1d 12h', 1,000 years at most",
  value => millisecondsOf(value) !== undefined,
);
