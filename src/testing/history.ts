import { aName, refuseArguments } from '../messages';
import { type AggregateClass, type AggregateDefinition, definitionOf } from '../model';
import type { StreamAppend } from '../store';
import { refuseEvents } from './expectations';
import { sealedEvent } from './stored-event';

/** The events of one aggregate. */
export class History {
  constructor(
    private readonly definition: AggregateDefinition,
    readonly aggregateId: string,
    private readonly events: readonly object[],
  ) {}

  /** @internal The appends for a store: none if there are no events. */
  appends(): StreamAppend[] {
    const { definition, aggregateId } = this;
    const sealed = this.events.map(event => sealedEvent(definition, event));
    const events = sealed.map(({ state, ...event }) => ({ ...event, ...(state && { marks: { state } }) }));
    if (events.length === 0) return [];
    return [{ stream: { aggregateName: definition.name, aggregateId }, expected: 'any', events }];
  }
}

/**
 * Lists the events of an aggregate: its class or definition, its id, and the events. One aggregate may have several
 * histories.
 * @example history(Todo, '1', new TodoCreated('Buy milk'), new TodoCompleted())
 * @throws InvalidAggregateError, InvalidOptionsError
 */
export function history(
  aggregate: AggregateClass | AggregateDefinition,
  id: string,
  ...events: readonly object[]
): History {
  const definition = definitionOf(aggregate);
  refuseArguments('history', { id: [id, aName] });
  refuseEvents('history', events);
  return new History(definition, id, events);
}
