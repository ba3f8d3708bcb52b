import {
  aFunction,
  aSchema,
  type ClassReference,
  contentOf,
  instanceFrom,
  isFunction,
  isOrExtends,
  isPlainMessage,
  MessageClassMismatchError,
  messageMetadata,
  messageName,
  type PlainMessage,
  refuseInvalidMessage,
  type StandardSchemaV1,
  shownText,
  shownValue,
  UnnamedMessageError,
  type Validation,
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

  readonly #schemas = new Map<string, StandardSchemaV1>();

  constructor(
    private readonly kind: 'command' | 'query',
    private readonly validation: Validation,
  ) {}

  get names(): Iterable<string> {
    return this.#byName.keys();
  }

  /** Tells whether the name was free. @throws InvalidConfigurationError */
  add(message: string | ClassReference, handler: Handler, schema?: StandardSchemaV1): boolean {
    refuseFaults(message, handler, schema);
    const name = typeof message === 'string' ? message : messageName(message);
    if (this.#byName.has(name)) return false;
    this.#byName.set(name, handler);
    if (schema) this.#schemas.set(name, schema);
    if (typeof message !== 'string') this.expect(message);
    return true;
  }

  /**
   * Sets the class of the messages with its name: instances of other classes are refused, however the handler is
   * registered.
   */
  expect(type: ClassReference): void {
    refuseParts('The class of a message', { type: [type, aFunction] });
    const name = messageName(type);
    this.#expected.set(name, type);
    const schema = messageMetadata(type)?.schema;
    if (!schema) return;
    const other = this.#schemas.get(name);
    if (other && other !== schema)
      throw new InvalidConfigurationError('The registration', [
        `the ${this.kind} '${shownText(name)}' has two schemas, of its class and of its handler. Keep one of them.`,
      ]);
    this.#schemas.set(name, schema);
  }

  /**
   * Returns the content of a message: an instance of its class, if that is known, also for a plain message. A plain
   * message of an unknown class gives its data.
   */
  contentOf(message: object): object {
    const content = contentOf(message);
    if (content === message || typeof content !== 'object') return content;
    const type = this.#expected.get((message as PlainMessage).name);
    return type ? instanceFrom(type, content) : content;
  }

  /**
   * Validates the content of a message by its schema, if it has one. @throws InvalidMessageError, UnusableSchemaError
   */
  validate(name: string, content: object): void {
    const schema = this.#schemas.get(name);
    if (schema && this.validation === 'always') refuseInvalidMessage(this.kind, name, content, schema);
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
    const schema = messageMetadata(first)?.schema;
    if (schema && !this.#schemas.has(name)) this.#schemas.set(name, schema);
  }
}

function refuseFaults(message: unknown, handler: unknown, schema: unknown): void {
  const faults: string[] = [];
  if (!isFunction(message) && (typeof message !== 'string' || message === ''))
    faults.push(`the message is ${shownValue(message)}; give its class, or its name.`);
  aFunction(handler, `the handler of ${isFunction(message) ? message.name : shownValue(message)}`, faults);
  if (schema !== undefined) aSchema(schema, 'the schema', faults);
  if (faults.length > 0) throw new InvalidConfigurationError('The registration', faults);
}
