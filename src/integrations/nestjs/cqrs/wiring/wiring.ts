import type { Type } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import { CommandBus, EventBus, QueryBus, UnhandledExceptionBus } from '@nestjs/cqrs';
import { componentRole } from '../../../../container';
import { Flow } from '../../../../index';
import { type DurableOptions, durableOptions } from '../durable';

/** A provider of Nest, as its event bus takes it. */
export type Wrapper = NonNullable<Parameters<EventBus['register']>[0]>[number];

/** What handles events, or records them. */
export interface EventPlace {
  readonly type: { readonly name: string };
  readonly module: string;
  readonly events: readonly Type[];
}

/** A class with `@EventsHandler`. */
export interface HandlerPlace extends EventPlace {
  readonly wrapper: Wrapper;
  readonly type: Type;
  readonly name: string;
  readonly options: DurableOptions;
}

/** A method with `@Saga`. */
export interface SagaPlace {
  readonly wrapper: Wrapper;
  readonly type: Type;
  readonly key: string;
  readonly module: string;
  readonly name: string;
  readonly options: DurableOptions;
}

/** A class with `@CommandHandler` or `@QueryHandler` of @nestjs/cqrs. */
export interface MessagePlace {
  readonly type: Type;
  readonly message: Type;
  readonly module: string;
}

/** The events that a module names, with `EventualityCqrsModule.forFeature`. */
export class NamedEvents {
  constructor(readonly events: readonly Type[]) {}
}

/** What is found in the modules of an application. */
export interface Wiring {
  readonly buses: readonly EventBus[];
  /** One for each module of @nestjs/cqrs; each of them knows all command handlers. */
  readonly commandBuses: readonly CommandBus[];
  readonly queryBuses: readonly QueryBus[];
  readonly commandHandlers: readonly MessagePlace[];
  readonly queryHandlers: readonly MessagePlace[];
  readonly exceptions: readonly UnhandledExceptionBus[];
  readonly handlers: readonly HandlerPlace[];
  readonly sagas: readonly SagaPlace[];
  readonly named: readonly Type[];
  /** Classes that only a flow of the framework would call, where there is none. */
  readonly withoutFlow: readonly { readonly type: Type; readonly module: string }[];
}

const COMMAND_HANDLER = '__commandHandler__';
const QUERY_HANDLER = '__queryHandler__';
const EVENTS_HANDLER = '__eventsHandler__';
const SAGA = '__saga__';

/** The roles of classes that only a flow calls. */
const ROLES = new Set<string | undefined>(['handlers', 'projection', 'reactor', 'process']);

interface Provided {
  readonly wrapper: Wrapper;
  readonly type: Type;
  readonly module: string;
}

/** Looks through the modules of an application, as the explorer of @nestjs/cqrs does. */
export function wiringOf(modules: ModulesContainer): Wiring {
  const all = allProvided(modules);
  const provided = [...new Map(all.map(each => [each.wrapper.instance ?? each.wrapper, each])).values()];
  const instances = provided.map(({ wrapper }): unknown => wrapper.instance);
  const hasFlow = instances.some(instance => instance instanceof Flow);
  return {
    buses: instances.filter(instance => instance instanceof EventBus),
    commandBuses: instances.filter(instance => instance instanceof CommandBus),
    queryBuses: instances.filter(instance => instance instanceof QueryBus),
    commandHandlers: messagesOf(provided, COMMAND_HANDLER),
    queryHandlers: messagesOf(provided, QUERY_HANDLER),
    exceptions: instances.filter(instance => instance instanceof UnhandledExceptionBus),
    handlers: provided.flatMap(handlersOf),
    sagas: provided.flatMap(sagasOf),
    named: instances.flatMap(instance => (instance instanceof NamedEvents ? instance.events : [])),
    withoutFlow: hasFlow ? [] : provided.filter(isOfFlow),
  };
}

function allProvided(modules: ModulesContainer): Provided[] {
  return [...modules.values()].flatMap(module =>
    [...module.providers.values()].flatMap(found => {
      const wrapper = found as Wrapper;
      // What a factory makes is not there before Nest has called it.
      const type = (wrapper.instance?.constructor ?? wrapper.token) as Type | undefined;
      // An alias has the instance of another provider.
      return wrapper.isAlias || typeof type !== 'function' ? [] : [{ wrapper, type, module: module.name }];
    }),
  );
}

function handlersOf({ wrapper, type, module }: Provided): HandlerPlace[] {
  const events = Reflect.getMetadata(EVENTS_HANDLER, type) as readonly Type[] | undefined;
  if (!events) return [];
  const options = durableOptions(type);
  return [{ wrapper, type, module, name: options.name ?? type.name, options, events }];
}

/** Each class once: @nestjs/cqrs keeps one of its instances. */
function messagesOf(provided: readonly Provided[], key: string): MessagePlace[] {
  const found = provided.flatMap(({ type, module }): MessagePlace[] => {
    const message = Reflect.getMetadata(key, type) as Type | undefined;
    return message ? [{ type, message, module }] : [];
  });
  return [...new Map(found.map(each => [each.type, each])).values()];
}

function sagasOf({ wrapper, type, module }: Provided): SagaPlace[] {
  const keys = (Reflect.getMetadata(SAGA, type) ?? []) as readonly string[];
  return keys.map(key => {
    const options = durableOptions(type, key);
    return { wrapper, type, key, module, name: options.name ?? `${type.name}.${key}`, options };
  });
}

const isOfFlow = ({ type }: Provided): boolean => ROLES.has(componentRole(type));
