import { type ClassReference, isPlainMessage, messageName, UnnamedMessageError } from '../messages';

/** Finds handlers by the class of a message, or by the name of a plain `{ name, message }` object. */
export class Routes<Handler> {
  readonly #byName = new Map<string, Handler>();
  readonly #names = new WeakMap<Function, string>();

  get names(): Iterable<string> {
    return this.#byName.keys();
  }

  /** Tells whether the name was free. */
  add(message: string | ClassReference, handler: Handler): boolean {
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

/** Returns what a handler is given of a message: the instance, or the data of a plain one. */
export const contentOf = (message: object): object => (isPlainMessage(message) ? message.message : message);
