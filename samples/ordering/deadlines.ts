import type { EventProcessorDefinition } from 'eventuality';
import type { ProcessDefinition } from 'eventuality/processes';
import type { Print } from './log';

/**
 * Returns a definition that writes a line for each deadline that fires: once more where its process ends before that is
 * stored.
 */
export const loggingDeadlines =
  (print: Print) =>
  (definition: EventProcessorDefinition): EventProcessorDefinition => {
    if (!isProcess(definition)) return definition;
    const { process } = definition;
    const deadlines: (typeof process)['deadlines'] = new Map(
      Array.from(process.deadlines, ([key, handle]) => [
        key,
        (deadline, turn) => {
          print(`deadline       ${key} of ${turn.context.instance} is due`);
          return handle(deadline, turn);
        },
      ]),
    );
    return { ...definition, process: { ...process, deadlines } } as ProcessDefinition;
  };

const isProcess = (definition: EventProcessorDefinition): definition is ProcessDefinition =>
  definition.kind === 'process';
