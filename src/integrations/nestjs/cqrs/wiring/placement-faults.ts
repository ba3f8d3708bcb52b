import type { Type } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import { WiringError } from '../../../../errors';
import type { EventualityCqrsOptions } from '../options';
import type { HandlerPlace, SagaPlace, Wiring, Wrapper } from './wiring';

/** Options that belong to the module that provides the flow. */
const OF_THE_FLOW = ['follow', 'logger', 'onError'] as const;

/** The fault of a module that has neither a store nor a flow. */
export const withoutStore = (flow: string): string =>
  `EventualityCqrsModule has no eventStore, and no module provides the flow '${flow}', whose store it would use. ` +
  `Give it an eventStore, or import EventualityModule.forRoot(${flow === 'default' ? '' : `{ name: '${flow}' }`}).`;

/** Finds a second import of the module, by what each of them provides. */
export function importedTwice(modules: ModulesContainer, provided: Type): string[] {
  const count = [...modules.values()].filter(({ providers }) => providers.has(provided)).length;
  if (count < 2) return [];
  return [
    `EventualityCqrsModule.forRoot is imported ${count} times, so each event would be stored ${count} times. Keep one, in the root module.`,
  ];
}

/** Finds options that cannot be given beside a flow of `EventualityModule`. */
export function foreignOptions(options: EventualityCqrsOptions, flow: string): string[] {
  if (options.eventStore)
    return [
      `EventualityCqrsModule has an eventStore of its own beside the flow '${flow}' of EventualityModule: messages of one would not reach the handlers of the other. Remove its eventStore, and give it to EventualityModule.`,
    ];
  return OF_THE_FLOW.filter(name => options[name] !== undefined).map(
    name =>
      `EventualityCqrsModule has the option ${name}, which is that of the flow '${flow}'. Give it to EventualityModule.`,
  );
}

/** Finds handlers and sagas that were not there when the flow was assembled. */
export function madeLater(now: Wiring, before: Wiring): string[] {
  const places = ({ handlers, sagas }: Wiring): readonly (HandlerPlace | SagaPlace)[] => [...handlers, ...sagas];
  const known = new Set(places(before).map(({ name }) => name));
  const later = places(now).filter(({ name }) => !known.has(name));
  return [
    ...later.map(({ name, module }) => unseen(name, module)),
    ...[...now.commandHandlers, ...now.queryHandlers]
      .filter(({ type }) => ![...before.commandHandlers, ...before.queryHandlers].some(each => each.type === type))
      .map(({ type, module }) => unseen(type.name, module)),
  ];
}

const unseen = (name: string, module: string): string =>
  `${name} of ${module} is made by a factory under another token, and the flow cannot see it before. Provide it under its class.`;

/** @throws WiringError for handlers that would get no stored event */
export function refuseUnknown(wrappers: readonly Wrapper[], known: ReadonlySet<unknown>): void {
  const unknown = wrappers.filter(({ instance }) => !known.has(instance)).map(({ name }) => String(name));
  if (unknown.length > 0)
    throw new WiringError([
      `${unknown.join(', ')} is registered with the EventBus, but was not found among the providers when the application started, so it would get no stored event. ` +
        'List it among the providers of a module.',
    ]);
}
