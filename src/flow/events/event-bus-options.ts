import { aFunction, aLogger, type Logger, type OnError, type OptionChecks, optionFaults } from '../../messages';
import { InvalidConfigurationError } from '../errors';

/** Options of an event bus. */
export interface EventBusOptions {
  /** Receives an entry for each failure of a listener; default the console. */
  readonly logger?: Logger;
  /**
   * Called for each failure of a listener, in addition to the logger, with a context of the kind `listener`. An error
   * that it throws is logged.
   */
  readonly onError?: OnError;
}

const OPTIONS: OptionChecks<EventBusOptions> = { logger: aLogger, onError: aFunction };

/** @throws InvalidConfigurationError */
export function refuseBusOptions(options: EventBusOptions): void {
  const faults = optionFaults(options, OPTIONS);
  if (faults.length > 0) throw new InvalidConfigurationError('The event bus', faults);
}
