import { FLOW_PARTS } from '../../flow';
import {
  aFunction,
  checkedElsewhere,
  InvalidOptionsError,
  listOf,
  must,
  type OptionChecks,
  optionFaults,
} from '../../messages';
import type { EventualityConfig } from '../config';

const CONFIG: OptionChecks<EventualityConfig> = {
  // Its own faults are found when its components are collected.
  module: checkedElsewhere,
  aggregates: FLOW_PARTS.aggregates,
  events: FLOW_PARTS.events,
  upcasters: FLOW_PARTS.upcasters,
  samples: listOf(
    'events',
    must('an event', value => typeof value === 'object' && value !== null),
  ),
  eventStore: aFunction,
  lock: must('the path of a file', value => typeof value === 'string' && value !== ''),
};

/** Refuses a config with all its faults. @throws InvalidOptionsError */
export function refuseConfig(config: EventualityConfig): void {
  const faults = optionFaults(config, CONFIG);
  if (faults.length === 0 && !config.module && !config.aggregates && !config.events)
    faults.push('it names no events: give a module, or aggregates, or events.');
  if (faults.length > 0) throw new InvalidOptionsError('eventuality.config', faults);
}
