import { aFunction } from '../../messages';
import { refuseParts } from './argument-checks';

/** Wraps the handling of a message: calls `next` to continue, and may inspect or change the result. */
export type Middleware<Message, Result> = (
  message: Message,
  next: (message: Message) => Promise<Result>,
) => Promise<Result>;

/** Composes a list of middleware with the function that it wraps; the first of the list is the outermost. */
export function compose<Message, Result>(
  middleware: readonly Middleware<Message, Result>[],
  innermost: (message: Message) => Promise<Result>,
): (message: Message) => Promise<Result> {
  return middleware.reduceRight<(message: Message) => Promise<Result>>(
    (next, each) => async message => each(message, next),
    innermost,
  );
}

/** @throws InvalidConfigurationError if it is not a function */
export function checkedMiddleware<M>(middleware: M): M {
  refuseParts('The chain of middleware', { middleware: [middleware, aFunction] });
  return middleware;
}
