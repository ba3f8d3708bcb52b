import { type FollowerDefinition, Projections } from '../../src/processing';
import type { ProjectionsParts } from '../../src/processing/event-processors';
import type { EventStore } from '../../src/store';
import { SILENT } from '../postgres/database';

/** Makes what runs one projection, or only looks at those who run it; there is no listener. */
export const projecting = (
  eventStore: EventStore,
  definition: FollowerDefinition,
  options: Pick<ProjectionsParts, 'follow' | 'leaseDuration'> = {},
): Projections => new Projections({ ...options, eventStore, definitions: [definition], logger: SILENT, eventContext });

/** Who dispatches is a listener. */
export function eventContext(): never {
  throw new Error('There is no listener.');
}
