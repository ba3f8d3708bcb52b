import { completeRule, type RetryRule } from '../concurrency';

/** How a command is retried after a conflict, unless a handler or `dispatch` says otherwise. */
const CONFLICT_RETRY: Required<RetryRule> = { attempts: 20, delay: 5, maxDelay: 200 };

/** The rule for one command: the last one given counts. */
export const conflictRetry = (...rules: readonly (RetryRule | undefined)[]): Required<RetryRule> =>
  completeRule(CONFLICT_RETRY, ...rules);
