import {
  aFunction,
  type ClassReference,
  isFunction,
  isOrExtends,
  isPlainMessage,
  MessageClassMismatchError,
  messageName,
  shownValue,
  UnnamedMessageError,
} from '../../messages';
import { InvalidConfigurationError } from '../errors';
import { refuseParts } from './argument-checks';

/** Finds handlers by the class of a message, or by the name of a plain `{ name, message }` object. */
export class Routes<Handler> {
  readonly #byName = new Map<string, Handler>();
  /** The classes that handlers are registered for. */
  readonly #expected = new Map<string, Function>();
  /** The first class registered under each name. */
  readonly #first = new Map<string, Function>();
  /** The names of classes that were already checked. */
  readonly #names = new WeakMap<Function, string>();

  constructor(private readonly kind: 'command' | 'query') {}

  get names(): Iterable<string> {
    return this.#byName.keys();
  }

  /** Tells whether the name was free. @throws InvalidConfigurationError */
  add(message: string | ClassReference, handler: Handler): boolean {
    refuseFaults(message, handler);
    const name = typeof message === 'string' ? message : messageName(message);
    if (this.#byName.has(name)) return false;
    this.#byName.set(name, handler);
    if (typeof message !== 'string') this.expect(message);
    return true;
  }

  /**
   * Sets the class of the messages with its name: instances of other classes are refused, however the handler is
   * registered.
   */
  expect(type: ClassReference): void {
    refuseParts('The class of a message', { type: [type, aFunction] });
    this.#expected.set(messageName(type), type);
  }

  /** Returns the class that messages of a name are of, as far as it is known. */
  classOf(name: string): Function | undefined {
    return this.#expected.get(name) ?? this.#first.get(name);
  }

  named(name: string): Handler | undefined {
    return this.#byName.get(name);
  }

  /**
   * Returns the durable name of a message.
   * @throws UnnamedMessageError if the value is not a message, MessageClassMismatchError if it is an instance of
   * another class than the one of that name
   */
  nameOf(message: object): string {
    if (typeof message !== 'object' || message === null) throw new UnnamedMessageError(message);
    const type = message.constructor;
    const known = this.#names.get(type);
    if (known !== undefined) return known;
    if (isPlainMessage(message) && typeof message.name === 'string' && message.name !== '') return message.name;
    if (typeof type !== 'function' || type === Object || type === Array) throw new UnnamedMessageError(message);
    const name = messageName(type as unknown as ClassReference);
    if (this.#byName.has(name)) {
      this.#refuseOther(name, type, message);
      this.#names.set(type, name);
    }
    return name;
  }

  /**
   * If no class is registered for a name, the first class that arrives is taken; an unrelated class with the same name
   * is refused.
   */
  #refuseOther(name: string, type: Function, message: object): void {
    const expected = this.#expected.get(name);
    const first = this.#first.get(name) ?? type;
    const fits = expected ? isOrExtends(type, expected) : isOrExtends(type, first) || isOrExtends(first, type);
    if (!fits) throw new MessageClassMismatchError(this.kind, name, expected ?? first, type, message);
    this.#first.set(name, first);
  }
}

function refuseFaults(message: unknown, handler: unknown): void {
  const faults: string[] = [];
  if (!isFunction(message) && (typeof message !== 'string' || message === ''))
    faults.push(`the message is ${shownValue(message)}; give its class, or its name.`);
  aFunction(handler, `the handler of ${isFunction(message) ? message.name : shownValue(message)}`, faults);
  if (faults.length > 0) throw new InvalidConfigurationError('The registration', faults);
}
