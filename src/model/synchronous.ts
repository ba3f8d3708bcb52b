import { isStrayPromise } from '../concurrency';
import { InvalidAggregateError } from './errors';

const LATER: Readonly<Record<string, string>> = {
  '[object AsyncFunction]': 'an async function',
  '[object AsyncGeneratorFunction]': 'an async generator',
  '[object GeneratorFunction]': 'a generator',
};

const FIX = 'State changes synchronously: await in the command handler, and put the result into the event.';

/**
 * Says that a function does not do its work when it is called, where its kind shows it: not where a compiler has
 * replaced `async`.
 */
export function laterFault(place: string, work: unknown): string | undefined {
  const kind = typeof work === 'function' ? LATER[Object.prototype.toString.call(work)] : undefined;
  return kind && `${place} is ${kind}. ${FIX}`;
}

/** Refuses a promise where the state, or nothing, is expected. @throws InvalidAggregateError naming the place */
export function refusePromise(value: unknown, aggregateName: string, place: string): void {
  if (isStrayPromise(value)) throw new InvalidAggregateError(aggregateName, [`${place} returns a promise. ${FIX}`]);
}
