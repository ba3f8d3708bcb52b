import { aFunction, aLogger, type Logger, type OnError, type OptionChecks, optionFaults } from '../../messages';
import { InvalidConfigurationError } from '../errors';

/** What an event bus can be told. */
export interface EventBusOptions {
  /** Gets a line for each failure of a listener; default the console. */
  readonly logger?: Logger;
  /**
   * Called for each failure of a listener, beside the logger: its context is of the kind `listener`. What it throws is
   * logged.
   */
  readonly onError?: OnError;
}

const OPTIONS: OptionChecks<EventBusOptions> = { logger: aLogger, onError: aFunction };

/** @throws InvalidConfigurationError */
export function refuseBusOptions(options: EventBusOptions): void {
  const faults = optionFaults(options, OPTIONS);
  if (faults.length > 0) throw new InvalidConfigurationError('The event bus', faults);
}
