import type { Type } from '@nestjs/common';
import type { AsyncContext } from '@nestjs/cqrs';
import { CommandHandler, type HandlerContext, type QueryContext, QueryHandler } from '../../../../index';
import type { GivenHandler } from '../../flow-extension';
import type { MessagePlace } from '../wiring/wiring';
import { ofCommand, ofQuery } from './flow-context';
import type { MessageScopes } from './message-scopes';
import { attachable } from './prepared-message';

/** Has a message handled by a bus of @nestjs/cqrs. */
export type Execute = (message: object, context: AsyncContext) => Promise<unknown>;

/**
 * Makes the handlers with which a flow reaches the command handlers of @nestjs/cqrs. The events that one publishes are
 * the outcome of the command, when they are stored.
 */
export const commandHandlers = (
  places: readonly MessagePlace[],
  execute: Execute,
  scopes: MessageScopes,
): GivenHandler[] => {
  const handle = async (command: object, given: HandlerContext): Promise<unknown> => {
    const [context, published] = [ofCommand(given), []];
    const result = await scopes.run({ context, published }, () => execute(attachable(command), context));
    const recorded = (await Promise.all(published)).flat();
    return recorded.length > 0 ? recorded : outcomeOnly(result);
  };
  return places.map(place => standIn(place, CommandHandler, handle));
};

/** Makes the handlers with which a flow reaches the query handlers of @nestjs/cqrs. */
export const queryHandlers = (
  places: readonly MessagePlace[],
  execute: Execute,
  scopes: MessageScopes,
): GivenHandler[] => {
  const handle = (query: object, given: QueryContext): Promise<unknown> => {
    const context = ofQuery(given);
    return scopes.run({ context }, () => execute(attachable(query), context));
  };
  return places.map(place => standIn(place, QueryHandler, handle));
};

/** The outcome of a command of the flow that the handler has executed and returned; a flow takes no other results. */
const outcomeOnly = (result: unknown): unknown =>
  typeof result === 'object' && result !== null && 'succeeded' in result && 'events' in result ? result : undefined;

/** Faults name the class of @nestjs/cqrs and its module. */
function standIn<Context>(
  { type, message, module }: MessagePlace,
  decorate: (message: Type) => unknown,
  handle: (message: object, context: Context) => Promise<unknown>,
): GivenHandler {
  const method = `execute of ${module}`;
  const standing = class {};
  Object.defineProperty(standing, 'name', { value: type.name });
  Object.defineProperty(standing.prototype, method, { value: handle });
  const decorator = decorate(message) as (target: object, key: string, descriptor: PropertyDescriptor) => void;
  decorator(standing.prototype, method, Object.getOwnPropertyDescriptor(standing.prototype, method)!);
  return { type: standing, module, instance: new standing() };
}
