import { EventualityError } from '../faults/errors';
import { shownKeys, shownText } from '../faults/shown';

/** Thrown when a message is an instance of another class than the one known under its name. */
export class MessageClassMismatchError extends EventualityError {
  readonly code = 'MESSAGE_CLASS_MISMATCH';

  constructor(
    readonly kind: 'command' | 'query' | 'event',
    readonly messageName: string,
    /** The class that is known under the name. */
    readonly expected: Function,
    /** The class of the message. */
    readonly actual: Function,
    /** The message. */
    message: object,
  ) {
    super(
      `The ${kind} '${shownText(messageName)}' is an instance of ${described(actual, message)}, but the ${kind} known under that name is of another class, ` +
        `${shownText(expected.name)}. ${FIX[kind]}. If a class was loaded twice, load it once.`,
    );
  }
}

const FIX = {
  command: "Give one of them another name: @Command('another name')",
  query: "Give one of them another name: @Query('another name')",
  event: "Give one of them another name: @Event('another name')",
};

const described = ({ name }: Function, message: object): string =>
  `a class ${shownText(name) || 'without a name'} with the fields ${shownKeys(message)}`;

/** Tells whether a class is another one, or a subclass of it. */
export const isOrExtends = (type: Function, base: Function): boolean => type === base || type.prototype instanceof base;
