import type { ReadModelVersion } from '../../../store';
import type { EventProcessorDefinition } from '../../definition/definition';
import { isProcess } from '../definition/definition';
import type { ProcessEngine } from './engine';

/**
 * Tells whether commands of a process manager are still to be sent or deadlines are due, in any process that shares the
 * work; undefined for other event processors. @throws errors of the store
 */
export async function isPendingProcess(
  { processes: engine }: { readonly processes: ProcessEngine | undefined },
  definition: EventProcessorDefinition,
  version: ReadModelVersion | undefined,
): Promise<boolean | undefined> {
  if (!engine || !isProcess(definition)) return undefined;
  const { processes } = engine;
  const { name: process } = definition;
  const segments = version?.segments ?? 1;
  const all = Array.from({ length: segments }, (_, segment) => ({ process, segments, segment }));
  const [{ deadlines }, pending] = await Promise.all([
    processes.due(all, 1),
    processes.outputs(process, { status: 'pending', held: false, limit: 1 }),
  ]);
  return deadlines.length > 0 || pending.length > 0;
}
