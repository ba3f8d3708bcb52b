import type { Type } from '@nestjs/common';
import { eventTypeOf } from '../../../../store-kit';
import type { EventPlace, HandlerPlace, SagaPlace, Wiring } from './wiring';

/**
 * Finds what does not fit together, as sentences that name class and module.
 * @param others the components of the flow, which has checked them among themselves
 */
export const wiringFaults = (
  wiring: Wiring,
  events: ReadonlySet<Type>,
  others: readonly EventPlace[] = [],
): string[] => [
  ...busFaults(wiring),
  ...wiring.handlers.filter(({ events }) => events.length === 0).map(handlesNothing),
  ...sharedNames([...wiring.handlers, ...wiring.sagas]),
  ...eventFaults(wiring.handlers, events, others),
];

/** Finds classes that nothing would call in an application without a flow. */
export const unreached = ({ withoutFlow }: Wiring): string[] =>
  withoutFlow.map(
    ({ type, module }) =>
      `${type.name} of ${module} is a class that only a flow calls, and no module provides one, so nothing would reach it. ` +
      'Import EventualityModule.forRoot, or handle events in a class with @EventsHandler.',
  );

/** Finds sagas that depend on a request: known when their providers are made. */
export const scopedSagas = ({ sagas }: Wiring): string[] =>
  sagas.filter(({ wrapper }) => !wrapper.isDependencyTreeStatic()).map(scopedSaga);

const busFaults = ({ buses }: Wiring): string[] =>
  buses.length > 0
    ? []
    : ['no module provides the EventBus of @nestjs/cqrs. Import CqrsModule.forRoot() beside EventualityCqrsModule.'];

const handlesNothing = ({ type, module }: HandlerPlace): string =>
  `${type.name} of ${module} handles no event: @EventsHandler() is empty. Name its events.`;

const scopedSaga = ({ type, key, module }: SagaPlace): string =>
  `The saga ${type.name}.${key} of ${module} depends on a request, but a saga is there once for all events. Inject ModuleRef, and resolve what it needs.`;

/** Two of one class are reported as well: both instances would get each event. */
function sharedNames(places: readonly (HandlerPlace | SagaPlace)[]): string[] {
  const byName = new Map<string, (HandlerPlace | SagaPlace)[]>();
  for (const place of places) byName.set(place.name, [...(byName.get(place.name) ?? []), place]);
  return [...byName].flatMap(([name, sharing]) => (sharing.length > 1 ? [sharedName(name, sharing)] : []));
}

function sharedName(name: string, sharing: readonly (HandlerPlace | SagaPlace)[]): string {
  const places = sharing.map(({ type, module }) => `${type.name} of ${module}`).join(' and ');
  const isOne = sharing.every(({ type }) => type === sharing[0]!.type);
  return isOne
    ? `${places} are two instances of one class, and both would get each event. Provide it in one module, and import that module in the others.`
    : `${places} have the same name, '${name}', under which their progress is stored. Give one of them another: @Durable({ name: 'another name' }).`;
}

function eventFaults(
  handlers: readonly HandlerPlace[],
  events: ReadonlySet<Type>,
  others: readonly EventPlace[],
): string[] {
  const faults: string[] = [];
  const byName = new Map<string, Type>();
  const places = [...handlers, ...others];
  const checked = new Set(others.flatMap(place => place.events));
  for (const type of events) {
    try {
      const { name } = eventTypeOf(type);
      const other = byName.get(name);
      if (other && !(checked.has(other) && checked.has(type)))
        faults.push(
          `two event classes have the name '${name}': ${placeOf(other, places)}, and ${placeOf(type, places)}. Events are found by name. ` +
            "Give one of them another: @Event('another name').",
        );
      byName.set(name, type);
    } catch (error) {
      if (!checked.has(type)) faults.push(`${placeOf(type, places)} cannot be stored: ${(error as Error).message}`);
    }
  }
  return faults;
}

function placeOf(type: Type, places: readonly EventPlace[]): string {
  const handling = places.filter(({ events }) => events.includes(type));
  const by = handling.map(({ type: { name }, module }) => `${name} of ${module}`).join(' and ');
  return handling.length > 0 ? `${type?.name}, which ${by} handle${handling.length > 1 ? '' : 's'}` : `${type?.name}`;
}
