import { isPlainObject, knownNames, messageName, shownText } from '../../../messages';
import type { EventProcessorDefinition } from '../../definition/definition';
import type { CommandReference } from './command-references';
import { isProcess } from './definition';

/** Returns the names of the commands in `sends`; undefined where it is left out. */
export const sentNames = (sends: readonly CommandReference[] | undefined): ReadonlySet<string> | undefined =>
  sends && new Set(sends.map(command => (typeof command === 'string' ? command : messageName(command))));

/** Finds the commands in the `sends` of processes that have no handler. The options were checked before. */
export function unhandledCommandFaults(
  definitions: readonly EventProcessorDefinition[],
  handled: ReadonlySet<string>,
  placeOf = ({ name }: EventProcessorDefinition): string => `The process '${name}'`,
): string[] {
  return definitions.flatMap(definition => {
    if (!isPlainObject(definition) || !isProcess(definition) || !Array.isArray(definition.process.options.sends))
      return [];
    return [...sentNames(definition.process.options.sends)!]
      .filter(name => !handled.has(name))
      .map(
        name =>
          `${placeOf(definition)} sends ${shownText(name)}, which no command handler takes. ${knownNames(name, handled)}`,
      );
  });
}
