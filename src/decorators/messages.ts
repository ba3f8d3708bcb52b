import {
  type ClassReference,
  EVENT_VERSIONS,
  type EventOptions,
  EventualityError,
  isName,
  type LaterVersion,
  listed,
  MESSAGE,
  NAMES,
  type OptionChecks,
  optionFaults,
  type PlainEvent,
  plainEvent,
  refusePlainEvent,
  setMetadata,
  shownValue,
  versionFaults,
  withMethods,
} from '../messages';

/** Thrown when a decorator has an invalid argument. */
export class InvalidDecoratorError extends EventualityError {
  readonly code = 'INVALID_DECORATOR';
}

/**
 * Refuses a value that is neither a class nor a definition: usually the undefined of two files that import each other.
 * @throws InvalidDecoratorError
 */
export function refuseNothing(decorator: string, value: unknown, wanted: string): void {
  if (typeof value === 'function' || (typeof value === 'object' && value !== null)) return;
  throw new InvalidDecoratorError(
    `@${decorator} received ${shownValue(value)}; pass ${wanted}. Two files that import each other can leave a class undefined.`,
  );
}

type MessageDecorator = (type: ClassReference, context?: ClassDecoratorContext<any>) => void;
/** Decorates the class whose instances the codec handles. */
type EventDecorator<E> = <T extends E>(
  type: ClassReference<T> & (E extends T ? unknown : { 'the codec does not make instances of this class': E }),
  context?: ClassDecoratorContext<any>,
) => void;

/**
 * Gives an event class a durable name and a version, or creates an event without a class, as a deeply frozen copy.
 * @throws InvalidDecoratorError, InvalidOptionsError, UnstorableValueError
 */
export function Event<Name extends string, Payload extends object>(
  event: PlainEvent<Name, Payload>,
): PlainEvent<Name, Payload>;
/**
 * Gives an event class a durable name, so that the class can be renamed, and a version of its payload's shape. Without
 * it the name is the class name and the version 1. A version above 1 needs a step from each earlier one.
 * @example @Event('todo.renamed', { version: 2, upcast: { 1: ({ name }) => ({ text: name }) } })
 */
export function Event<E extends object = any>(name: string, options?: EventOptions<E, 1>): EventDecorator<E>;
export function Event<E extends object = any, const Version extends number = number>(
  name: string,
  options: LaterVersion<E, Version>,
): EventDecorator<E>;
export function Event(nameOrEvent: string | PlainEvent, options: EventOptions = {}): MessageDecorator | PlainEvent {
  if (typeof nameOrEvent === 'object' && nameOrEvent !== null) {
    refusePlainEvent(nameOrEvent);
    return plainEvent(nameOrEvent);
  }
  return named('Event', nameOrEvent, options);
}

const EVENT_OPTIONS: OptionChecks<EventOptions> = {
  ...EVENT_VERSIONS,
  codec: withMethods(['encode', 'decode'], 'give a codec, { encode: event => data, decode: data => event }'),
};

/** Gives a command class a durable name; the default is the class name. */
export const Command = (name: string): MessageDecorator => named('Command', name);

function named(decorator: string, name: string, options: EventOptions = {}): MessageDecorator {
  if (!isName(name))
    throw new InvalidDecoratorError(`@${decorator} needs a durable name, ${NAMES}; it received ${shownValue(name)}.`);
  const faults = optionFaults(options, EVENT_OPTIONS);
  if (faults.length === 0) faults.push(...versionFaults(options));
  if (faults.length > 0) throw new InvalidDecoratorError(`@${decorator}('${name}') cannot be used: ${listed(faults)}`);
  return type => setMetadata(type, MESSAGE, { ...options, name });
}
