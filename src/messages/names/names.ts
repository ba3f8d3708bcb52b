import { EventualityError } from '../faults/errors';
import { shownText, shownWithKeys } from '../faults/shown';
import { type ClassReference, metadataKey, ownMetadata } from './class-metadata';

/** Converts an event to data that JSON can carry, and back; for events with dates, bigints or value objects. */
export interface EventCodec<E extends object = any> {
  encode(event: E): object;
  decode(data: any): E;
}

/** Options of `@Event`. */
export interface EventOptions<E extends object = any> {
  /** The version of the payload's shape, an integer from 1; default 1. */
  readonly version?: number;
  readonly codec?: EventCodec<E>;
}

/** What decorators leave on a message class. */
export interface MessageMetadata extends EventOptions {
  readonly name: string;
}

/** Thrown when a message has no name: it is an instance of an anonymous class, or not a message. */
export class UnnamedMessageError extends EventualityError {
  readonly code = 'UNNAMED_MESSAGE';

  constructor(value: unknown) {
    const shown =
      typeof value === 'string'
        ? shownText(value)
        : shownWithKeys(value).replace(/^an? /, article => `A${article.slice(1)}`);
    super(`${shown} is not a message. Use an instance of a named class, or a plain { name, message } object.`);
  }
}

export const MESSAGE = metadataKey('message');

/** Returns what `@Command` or `@Event` said about this very class; subclasses are messages of their own. */
export const messageMetadata = (type: Function): MessageMetadata | undefined =>
  ownMetadata<MessageMetadata>(type, MESSAGE);

/**
 * Returns the durable name of a message class: the one its decorator gave, else the class's own name.
 * @throws UnnamedMessageError when the class is anonymous
 */
export function messageName(type: ClassReference): string {
  const name = messageMetadata(type)?.name ?? type.name;
  if (!name) throw new UnnamedMessageError('An anonymous class');
  return name;
}
