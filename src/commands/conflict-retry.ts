import { completeRule, type RetryRule } from '../concurrency';

/**
 * How often a command whose streams had moved on is decided, and how long it waits in between, unless something else is
 * said.
 */
const CONFLICT_RETRY: Required<RetryRule> = { attempts: 20, delay: 5, maxDelay: 200 };

/** The rule for one command: what was said last counts. */
export const conflictRetry = (...rules: readonly (RetryRule | undefined)[]): Required<RetryRule> =>
  completeRule(CONFLICT_RETRY, ...rules);
