import { existsSync } from 'node:fs';
import type { RecordedEvent } from '../../../src/messages';
import type { EventProcessorDefinition, ProjectionOptions } from '../../../src/processing';
import { counting } from '../../support/counting';

/** Events that a handler throws at, until it is cured. */
export interface Poison {
  readonly aggregates: readonly string[];
  /** The version, in each of them, of the one event. */
  readonly version: number;
  /** A file: when it is there, the handlers are cured. */
  readonly cure: string;
}

/**
 * Projections that all count the same events: `sound` takes them all; `poisoned` throws; so do `stopping`, which waits
 * at its poison, and `skipping`, which catches what was thrown, as one might write it first. `taken` is told what the
 * first two take.
 */
export function poisonedProjections(
  { aggregates, version, cure }: Poison,
  options: ProjectionOptions,
  taken: (name: 'sound' | 'poisoned', event: RecordedEvent) => void = () => undefined,
): EventProcessorDefinition[] {
  const poisonous = new Set(aggregates);
  const fail = (event: RecordedEvent): void => {
    if (event.version === version && poisonous.has(event.aggregateId) && !existsSync(cure)) throw new Error('poison');
  };
  return [
    counting('sound', options, event => taken('sound', event)),
    counting('poisoned', options, event => {
      fail(event);
      taken('poisoned', event);
    }),
    counting('stopping', { ...options, onError: 'stop' }, fail),
    catching(counting('skipping', options, fail)),
  ];
}

function catching(definition: EventProcessorDefinition): EventProcessorDefinition {
  const handlers = Array.from(definition.handlers, ([name, handler]) => {
    const handle = async (payload: unknown, context: unknown): Promise<void> => {
      try {
        await handler.handle(payload, context);
      } catch {
        // It goes on with the next one.
      }
    };
    return [name, { ...handler, handle }] as const;
  });
  return { ...definition, handlers: new Map(handlers) };
}
