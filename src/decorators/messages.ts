import {
  type ClassReference,
  type EventOptions,
  EventualityError,
  MESSAGE,
  type PlainEvent,
  plainEvent,
  setMetadata,
  shownValue,
} from '../messages';

/** Thrown when a decorator is given something it cannot work with. */
export class InvalidDecoratorError extends EventualityError {
  readonly code = 'INVALID_DECORATOR';
}

type MessageDecorator = (type: ClassReference, context?: ClassDecoratorContext<any>) => void;
/** Decorates the class whose instances the codec takes and makes. */
type EventDecorator<E> = <T extends E>(
  type: ClassReference<T> & (E extends T ? unknown : { 'the codec does not make instances of this class': E }),
  context?: ClassDecoratorContext<any>,
) => void;

/** Gives an event class a durable name, so that the class can be renamed, and a version of its shape. Default: the class's name, version 1. */
export function Event<E extends object = any>(name: string, options?: EventOptions<E>): EventDecorator<E>;
/** Makes an event without a class: a deeply frozen copy. @throws UnstorableValueError */
export function Event<Name extends string, Payload extends object>(event: PlainEvent<Name, Payload>): PlainEvent<Name, Payload>;
export function Event(nameOrEvent: string | PlainEvent, options: EventOptions = {}): MessageDecorator | PlainEvent {
  if (typeof nameOrEvent === 'object') return plainEvent(nameOrEvent);
  const { version } = options;
  if (version !== undefined && !(Number.isSafeInteger(version) && version >= 1)) {
    throw new InvalidDecoratorError(
      `@Event(${shownValue(nameOrEvent)}) has the version ${shownValue(version)}; it must be an integer from 1.`,
    );
  }
  return named('Event', nameOrEvent, options);
}

/** Gives a command class a durable name; default the class's name. */
export const Command = (name: string): MessageDecorator => named('Command', name);

function named(decorator: string, name: string, options: EventOptions = {}): MessageDecorator {
  if (typeof name !== 'string' || name === '')
    throw new InvalidDecoratorError(`@${decorator} needs a name: text that stays when the class is renamed; it got ${shownValue(name)}.`);
  return type => setMetadata(type, MESSAGE, { ...options, name });
}
