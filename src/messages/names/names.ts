import type { EventOptions } from '../events/event-options';
import { EventualityError } from '../faults/errors';
import { shownText, shownWithKeys } from '../faults/shown';
import { type ClassReference, metadataKey, ownMetadata } from './class-metadata';

/** What decorators leave on a message class. */
export type MessageMetadata = EventOptions & { readonly name: string };

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

/** Returns what `@Command`, `@Query` or `@Event` said about this very class; subclasses are messages of their own. */
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
