import {
  aDuration,
  aFunction,
  aRetry,
  checkedElsewhere,
  isFunction,
  isName,
  listOf,
  must,
  needed,
  type OptionChecks,
  oneOf,
  optionFaults,
  shownText,
  someCodecs,
} from '../../../messages';
import type { EventProcessorDefinition } from '../../definition/definition';
import { isProcess, type ProcessOptions } from './definition';

/** Shorter than other names, because the name of the read model with the instances is derived from it. */
const MAX_NAME_LENGTH = 240;

const aCommand = must('the class of a command, or its name', value => isFunction(value) || isName(value));

/** The checks for the options of a process. */
export const PROCESS_OPTIONS: OptionChecks<ProcessOptions> = {
  correlate: needed(aFunction),
  // Checked with the options that every event processor has.
  segments: checkedElsewhere,
  version: checkedElsewhere,
  startTwice: oneOf('park', 'ignore', 'handle'),
  unknown: oneOf('ignore', 'park'),
  again: oneOf('run', 'ignore', 'park'),
  replay: oneOf('skip', 'fold'),
  keep: aDuration,
  idle: aDuration,
  retry: aRetry,
  codecs: someCodecs,
  sends: listOf('classes and names of commands', aCommand),
};

/** Finds the faults of a process, besides those that any event processor can have. */
export function processFaults(definition: EventProcessorDefinition): string[] {
  if (!isProcess(definition)) return [];
  const { process, handlers, name } = definition;
  const faults = optionFaults(process.options, PROCESS_OPTIONS);
  if (process.starts.size === 0)
    faults.push('no event starts it. Decorate a method with @Starts(Event), or give `starts`.');
  if (isName(name) && name.length > MAX_NAME_LENGTH)
    faults.push(`its name has ${name.length} characters; the limit of a process is ${MAX_NAME_LENGTH}.`);
  if (isName(name) && name.startsWith('$'))
    faults.push(`its name is '${shownText(name)}'; names with $ are reserved for the framework.`);
  for (const event of process.ends)
    if (process.starts.has(event)) faults.push(`${shownText(event)} both starts and ends it. Keep one of them.`);
  for (const [key, handle] of process.deadlines) {
    if (!isName(key) || key.startsWith('$'))
      faults.push(`the deadline '${shownText(key)}' needs a key of 1 to 255 characters that does not begin with $.`);
    if (!isFunction(handle)) faults.push(`the handler of the deadline '${shownText(key)}' is no function.`);
  }
  for (const [command, { handle }] of process.rejected)
    if (!isFunction(handle)) faults.push(`the handler of the rejected ${shownText(command)} is no function.`);
  for (const [event, { handle }] of handlers)
    if (!isFunction(handle)) faults.push(`the handler of ${shownText(event)} is no function.`);
  return faults;
}
