import { millisecondsOf } from '../../../messages';
import type { DeadlineTime } from '../definition/decisions';
import type { ProcessTurnInput } from './inputs';

/** How far a deadline may be from now, in the future or the past: ten years. */
const MAX_AHEAD_MS = 10 * 366 * 86_400_000;

/** Returns the time of a deadline in milliseconds since 1970; undefined if it is not a valid time. */
export function dueTime(due: DeadlineTime | undefined, base: number): number | undefined {
  if (typeof due !== 'object' || due === null) return undefined;
  if ('in' in due) {
    const length = millisecondsOf(due.in);
    return length === undefined ? undefined : base + length;
  }
  const at = due.at instanceof Date ? due.at.getTime() : typeof due.at === 'string' ? Date.parse(due.at) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

/** Returns a time with what is wrong with it, for a fault; undefined if a deadline can have it. */
export function refusedTime(dueAt: number, now: number): string | undefined {
  if (Math.abs(dueAt - now) <= MAX_AHEAD_MS) return undefined;
  return `${new Date(dueAt).toISOString()}; it must be within ten years of now.`;
}

/**
 * Says why a deadline that has fired cannot be set to this time: it would fire again and again, without a pause;
 * undefined if it can.
 */
export function endlessTime(key: string, due: DeadlineTime, at: number, input: ProcessTurnInput): string | undefined {
  if (input.kind !== 'deadline' || input.content.key !== key) return undefined;
  const earliest = 'in' in due ? input.content.at : input.content.dueAt;
  if (at > earliest) return undefined;
  return `${new Date(at).toISOString()}, when it has just fired, so it would fire forever. Set it to a later time.`;
}
