import { errorMessage, isName, type RecordedEvent, shownWithType } from '../../../messages';
import { REQUESTS } from '../work/request';
import type { ProcessDefinition } from './definition';
import { InvalidCorrelationError } from './errors';

/** Returns the key of the instance that an event is for; undefined for none. @throws InvalidCorrelationError */
export function correlated({ name, process }: ProcessDefinition, event: RecordedEvent): string | undefined {
  let key: unknown;
  try {
    key = process.options.correlate(event);
  } catch (error) {
    throw new InvalidCorrelationError(
      name,
      event.name,
      event.position,
      `threw an error (${errorMessage(error)})`,
      error,
    );
  }
  if (key === undefined || (isName(key) && key !== REQUESTS)) return key as string | undefined;
  throw new InvalidCorrelationError(name, event.name, event.position, `returned ${shownWithType(key)}`);
}
