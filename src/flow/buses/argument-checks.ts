import { argumentFaults, type CheckedArguments } from '../../messages';
import { InvalidConfigurationError } from '../errors';

/** Refuses invalid arguments of a bus. @throws InvalidConfigurationError with all faults */
export function refuseParts(what: string, given: CheckedArguments): void {
  const faults = argumentFaults(given);
  if (faults.length > 0) throw new InvalidConfigurationError(what, faults);
}
