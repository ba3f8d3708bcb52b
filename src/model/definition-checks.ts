import {
  aFunction,
  aName,
  checkedElsewhere,
  listOf,
  must,
  needed,
  type OptionChecks,
  optionFaults,
  shownValue,
} from '../messages';
import type { AggregateDefinition } from './aggregate-definition';
import { InvalidAggregateError } from './errors';

const DEFINITION: OptionChecks<AggregateDefinition> = {
  name: needed(aName),
  commands: needed(
    must('a Map of rules by command name', value => Object.prototype.toString.call(value) === '[object Map]'),
  ),
  declared: checkedElsewhere,
  names: listOf('names of events', aName),
  events: listOf('event classes', aFunction),
  initialState: needed(aFunction),
  evolve: needed(aFunction),
  fold: aFunction,
  seal: needed(aFunction),
  expose: needed(aFunction),
  snapshot: must('a rule, or undefined', value => typeof value === 'object' && value !== null),
  newId: aFunction,
};

const checked = new WeakSet<object>();

/** Returns what is wrong with something that should be the definition of an aggregate. */
export function definitionFaults(definition: unknown): string[] {
  if (typeof definition !== 'object' || definition === null)
    return [`it is ${shownValue(definition)}; give a class, or what defineAggregate returns.`];
  return optionFaults(definition, DEFINITION);
}

/** Returns a definition; the same one is looked at once. @throws InvalidAggregateError */
export function checkedDefinition<Definition extends object>(definition: Definition): Definition {
  if (checked.has(definition)) return definition;
  const faults = definitionFaults(definition);
  if (faults.length > 0)
    throw new InvalidAggregateError(String((definition as { name?: unknown } | undefined)?.name ?? ''), faults);
  checked.add(definition);
  return definition;
}
