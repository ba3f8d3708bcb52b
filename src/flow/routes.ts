import { aFunction, type ClassReference, isFunction, isPlainMessage, messageName, shownValue, UnnamedMessageError } from '../messages';
import { InvalidConfigurationError } from './errors';

/** Finds handlers by the class of a message, or by the name of a plain `{ name, message }` object. */
export class Routes<Handler> {
  readonly #byName = new Map<string, Handler>();
  readonly #names = new WeakMap<Function, string>();

  get names(): Iterable<string> {
    return this.#byName.keys();
  }

  /** Tells whether the name was free. @throws InvalidConfigurationError */
  add(message: string | ClassReference, handler: Handler): boolean {
    refuseFaults(message, handler);
    const name = typeof message === 'string' ? message : messageName(message);
    if (this.#byName.has(name)) return false;
    this.#byName.set(name, handler);
    return true;
  }

  named(name: string): Handler | undefined {
    return this.#byName.get(name);
  }

  /** Returns the durable name of a message. @throws UnnamedMessageError when the value is no message */
  nameOf(message: object): string {
    if (typeof message !== 'object' || message === null) throw new UnnamedMessageError(message);
    const type = message.constructor;
    const known = this.#names.get(type);
    if (known !== undefined) return known;
    if (isPlainMessage(message) && typeof message.name === 'string' && message.name !== '') return message.name;
    if (typeof type !== 'function' || type === Object || type === Array) throw new UnnamedMessageError(message);
    const name = messageName(type as unknown as ClassReference);
    this.#names.set(type, name);
    return name;
  }
}

function refuseFaults(message: unknown, handler: unknown): void {
  const faults: string[] = [];
  if (!isFunction(message) && (typeof message !== 'string' || message === ''))
    faults.push(`the message is ${shownValue(message)}; give its class, or its name.`);
  aFunction(handler, `the handler of ${isFunction(message) ? message.name : shownValue(message)}`, faults);
  if (faults.length > 0) throw new InvalidConfigurationError('The registration', faults);
}

/** Returns what a handler is given of a message: the instance, or the data of a plain one. */
export const contentOf = (message: object): object => (isPlainMessage(message) ? message.message : message);
