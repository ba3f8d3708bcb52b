import { completeRule, type RetryRule } from '../../concurrency';

/** How a failed event is retried, unless the options say otherwise. */
const EVENT_RETRY: Required<RetryRule> = { attempts: 5, delay: 50, maxDelay: 5000 };

/** The rule for the events of a projection or reactor. */
export const eventRetry = (given: RetryRule | undefined): Required<RetryRule> => completeRule(EVENT_RETRY, given);
