import { setTimeout as sleep } from 'node:timers/promises';

/** How a failed operation is retried. */
export interface RetryRule {
  /** The total number of attempts, from 1. */
  readonly attempts?: number;
  /** The pause before the second attempt, in milliseconds; it doubles for each further attempt, with jitter. */
  readonly delay?: number;
  /** The longest pause before an attempt, in milliseconds. */
  readonly maxDelay?: number;
}

/** Completes a rule: the last value given counts, `undefined` counts as not given, and the defaults fill the rest. */
export function completeRule(
  defaults: Required<RetryRule>,
  ...rules: readonly (RetryRule | undefined)[]
): Required<RetryRule> {
  const last = (name: keyof RetryRule): number => rules.reduce((said, rule) => rule?.[name] ?? said, defaults[name]);
  return { attempts: last('attempts'), delay: last('delay'), maxDelay: last('maxDelay') };
}

/**
 * Waits after a failed call, where `attempt` counts from 1: at random up to the delay of the rule, so that rivals do
 * not collide again.
 * @throws the reason of the signal, immediately
 */
export async function pauseAfter(
  attempt: number,
  { delay, maxDelay }: Pick<Required<RetryRule>, 'delay' | 'maxDelay'>,
  signal?: AbortSignal,
): Promise<void> {
  const longest = Math.min(delay * 2 ** (attempt - 1), maxDelay);
  try {
    await sleep(Math.random() * longest, undefined, signal ? { signal } : {});
  } catch (error) {
    throw signal?.aborted ? signal.reason : error;
  }
}
