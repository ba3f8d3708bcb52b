import { ASYNC_CONTEXT_ATTRIBUTE, AsyncContext } from '@nestjs/cqrs';

/** Returns a message without its asynchronous context, a hidden property that would not be stored. */
export function withoutContext<M extends object>(message: M): M {
  if (!AsyncContext.isAttached(message)) return message;
  const properties = Object.getOwnPropertyDescriptors(message);
  delete (properties as Record<symbol, unknown>)[ASYNC_CONTEXT_ATTRIBUTE];
  return Object.create(Object.getPrototypeOf(message), properties);
}

/** Returns a message to which @nestjs/cqrs can attach its context: a copy, if it is frozen or has another one. */
export function attachable<M extends object>(message: M): M {
  if (AsyncContext.isAttached(message)) return withoutContext(message);
  return Object.isExtensible(message) ? message : Object.assign(Object.create(Object.getPrototypeOf(message)), message);
}
