import { type EventProcessorDefinition, EventProcessors } from '../../../src/processing';
import type { EventProcessorsParts } from '../../../src/processing/event-processors';
import type { EventStore } from '../../../src/store';
import { SILENT } from '../../support/logger';

/** Makes what runs one projection, or only looks at those who run it; there is no listener. */
export const projecting = (
  eventStore: EventStore,
  definition: EventProcessorDefinition,
  options: Pick<EventProcessorsParts, 'follow' | 'leaseDuration'> = {},
): EventProcessors =>
  new EventProcessors({ ...options, eventStore, definitions: [definition], logger: SILENT, eventContext });

/** Who dispatches is a listener. */
export function eventContext(): never {
  throw new Error('There is no listener.');
}
