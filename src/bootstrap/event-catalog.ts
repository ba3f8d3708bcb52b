import {
  EventReader,
  type EventReference,
  type EventShape,
  InvalidEventsError,
  resolvedUpcasters,
  shapeOf,
  type Upcaster,
} from '../messages';
import { type AggregateDefinition, definitionOf, sealEvent } from '../model';
import { refuseConfig } from './checks/config-checks';
import type { EventualityConfig } from './config';
import { Components } from './discovery/components';
import { WiringError } from './errors';

/** An upcaster, by names. */
export interface CatalogUpcaster {
  readonly name: string;
  readonly from: number;
  readonly to: readonly string[];
}

/** An event as it is stored today. */
export interface StoredSample {
  readonly name: string;
  readonly version: number;
  readonly payload: object;
}

/** The events of an application. */
export interface EventCatalog {
  readonly events: readonly EventShape[];
  readonly upcasters: readonly CatalogUpcaster[];
  readonly samples: readonly StoredSample[];
  /** Undefined if steps are missing, or do not fit together. */
  readonly reader: EventReader | undefined;
  /** Why there is no reader, as sentences. */
  readonly faults: readonly string[];
}

/**
 * Lists the events of an application, without creating or starting any of it: for tools.
 * @throws InvalidOptionsError for a config that is not one, WiringError for a module that is not one,
 * InvalidDecisionError for a sample that is no event
 */
export function eventCatalog(config: EventualityConfig): EventCatalog {
  refuseConfig(config);
  const components = new Components();
  if (config.module) components.collect(config.module);
  const faults: string[] = [];
  const given = resolvedUpcasters(config.upcasters ?? [], faults);
  if (components.faults.length > 0 || faults.length > 0) throw new WiringError([...components.faults, ...faults]);
  const upcasters: readonly Upcaster[] = [...components.upcasters, ...given];
  const aggregates = [...components.aggregates, ...(config.aggregates ?? [])].map(definitionOf);
  const events = [...eventsOf(components, aggregates, config), ...upcasters.flatMap(({ to }) => to)];
  const byNameOnly = aggregates
    .flatMap(({ names = [] }) => names)
    .map(name => ({ name, schemaVersion: 1, steps: NONE }));
  const shapes = new Map([...byNameOnly, ...events.map(event => shapeOf(event)!)].map(shape => [shape.name, shape]));
  return {
    events: [...shapes.values()].sort(byName),
    upcasters: upcasters
      .map(({ name, from, to }) => ({ name, from, to: to.map(each => shapeOf(each)!.name) }))
      .sort(byName),
    samples: (config.samples ?? []).map(each => sampleOf(each)),
    ...readerOf(events, upcasters),
  };
}

const byName = (one: { readonly name: string }, other: { readonly name: string }): number =>
  one.name < other.name ? -1 : 1;

const NONE: EventShape['steps'] = new Map();

function eventsOf(
  components: Components,
  aggregates: readonly AggregateDefinition[],
  { events = [] }: EventualityConfig,
): EventReference[] {
  return [
    ...aggregates.flatMap(({ events: handled = [], declared = [] }) => [...handled, ...declared]),
    ...components.handlerClasses.flatMap(({ events: handled, replays }) => [...handled.keys(), ...replays.keys()]),
    ...components.processes.flatMap(({ definition }) =>
      [...definition.handlers.values()].flatMap(({ type }) => type ?? []),
    ),
    ...components.events,
    ...events,
  ];
}

function sampleOf(event: object): StoredSample {
  const { name, schemaVersion, payload } = sealEvent('the samples', event);
  return { name, version: schemaVersion, payload };
}

function readerOf(
  events: readonly EventReference[],
  upcasters: readonly Upcaster[],
): Pick<EventCatalog, 'reader' | 'faults'> {
  try {
    return { reader: new EventReader({ events, upcasters }), faults: [] };
  } catch (error) {
    if (!(error instanceof InvalidEventsError)) throw error;
    return { reader: undefined, faults: error.faults };
  }
}
