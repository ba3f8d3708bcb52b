import type { RetryRule } from '../concurrency';

/**
 * How often a command whose streams had moved on is decided, and how long it waits in between, unless something else is
 * said.
 */
const CONFLICT_RETRY: Required<RetryRule> = { attempts: 20, delay: 5, maxDelay: 200 };

/** The rule for one command: what was said last counts, and undefined says nothing. */
export function conflictRetry(...rules: readonly (RetryRule | undefined)[]): Required<RetryRule> {
  const last = (name: keyof RetryRule): number =>
    rules.reduce((said, rule) => rule?.[name] ?? said, CONFLICT_RETRY[name]);
  return { attempts: last('attempts'), delay: last('delay'), maxDelay: last('maxDelay') };
}
