/** The key of values without a JSON form: `{ "$": kind, "of": ... }`. */
const KIND = '$';

/** Says which part of a state cannot be kept, and why. Caught and reported as a `SnapshotRefusedError`. */
export class UnkeepableValue extends Error {
  constructor(
    readonly path: string,
    readonly reason: string,
  ) {
    super(`${path || 'the state'} is ${reason}`);
  }
}

/**
 * Encodes a value as plain JSON data from which {@link decodeState} creates an equal one. Beyond JSON it supports
 * `undefined`, numbers without a JSON form, bigints, dates, maps, sets, objects without a prototype, frozen objects,
 * and objects that occur twice. Two values with the same JSON text differ only in identity.
 * @throws UnkeepableValue for everything else: functions, symbols, instances of classes, hidden or computed properties
 */
export function encodeState(value: unknown): unknown {
  return new Encoder().encode(value, '');
}

/**
 * Decodes the result of {@link encodeState}; new objects each time.
 * @throws SyntaxError, TypeError if the text is damaged
 */
export function decodeState(encoded: unknown): unknown {
  return new Decoder().decode(encoded);
}

/** Tells whether a prototype is that of object literals, in any realm. */
const isPlainPrototype = (prototype: object | null): boolean =>
  prototype !== null && Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf');

class Encoder {
  /** The objects seen so far, by index: the same object again is encoded as that index. */
  readonly #places = new Map<object, number>();

  encode(value: unknown, path: string): unknown {
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return value;
      case 'number':
        return Number.isFinite(value) && !Object.is(value, -0)
          ? value
          : tagged('number', Object.is(value, -0) ? '-0' : String(value));
      case 'bigint':
        return tagged('bigint', String(value));
      case 'undefined':
        return tagged('undefined');
      case 'object':
        return value === null ? null : this.#encodeObject(value, path);
      default:
        throw new UnkeepableValue(path, `a ${typeof value}`);
    }
  }

  #encodeObject(value: object, path: string): unknown {
    const place = this.#places.get(value);
    if (place !== undefined) return tagged('same', place);
    this.#places.set(value, this.#places.size);
    const frozen = Object.isFrozen(value);
    if (!frozen && !Object.isExtensible(value))
      throw new UnkeepableValue(path, 'an object that takes no new properties');
    const encoded = this.#encodeParts(value, path);
    return frozen ? tagged('frozen', encoded) : encoded;
  }

  #encodeParts(value: object, path: string): unknown {
    if (Array.isArray(value)) return this.#encodeArray(value, path);
    const prototype = Object.getPrototypeOf(value);
    if (isPlainPrototype(prototype)) return this.#encodePlain(value, path);
    if (prototype === null) return tagged('bare', this.#entries(value, path));
    switch (builtIn(value, prototype)) {
      case 'Date':
        refuseProperties(value, path, 0);
        return tagged('Date', Date.prototype.getTime.call(value));
      case 'Map':
        refuseProperties(value, path, 0);
        return tagged('Map', this.#list([...Map.prototype.entries.call(value)].flat(), path));
      case 'Set':
        refuseProperties(value, path, 0);
        return tagged('Set', this.#list([...Set.prototype.values.call(value)], path));
      default:
        throw new UnkeepableValue(path, `an instance of ${prototype.constructor?.name || 'a class'}`);
    }
  }

  #encodeArray(value: readonly unknown[], path: string): unknown[] {
    const prototype = Object.getPrototypeOf(value);
    if (!Array.isArray(prototype))
      throw new UnkeepableValue(path, `an instance of ${prototype?.constructor?.name || 'a class'}`);
    if (Object.keys(value).length !== value.length)
      throw new UnkeepableValue(path, 'an array with holes or named properties');
    refuseProperties(value, path, value.length + 1);
    refuseUnusual(value, path);
    return this.#list(value, path);
  }

  #encodePlain(value: object, path: string): unknown {
    if (Object.hasOwn(value, KIND) || Object.hasOwn(value, '__proto__'))
      return tagged('object', this.#entries(value, path));
    const copy: Record<string, unknown> = {};
    for (const [key, part] of ownEntries(value, path)) copy[key] = this.encode(part, joined(path, key));
    return copy;
  }

  #entries(value: object, path: string): unknown[] {
    return ownEntries(value, path).map(([key, part]) => [key, this.encode(part, joined(path, key))]);
  }

  #list(values: readonly unknown[], path: string): unknown[] {
    return values.map((part, index) => this.encode(part, `${path}[${index}]`));
  }
}

class Decoder {
  readonly #objects: object[] = [];

  decode(encoded: unknown): unknown {
    if (typeof encoded !== 'object' || encoded === null) return encoded;
    if (Array.isArray(encoded))
      return this.#fill([] as unknown[], array => encoded.forEach(part => void array.push(this.decode(part))));
    if (!Object.hasOwn(encoded, KIND)) return this.#properties({}, Object.entries(encoded));
    const { [KIND]: kind, of } = encoded as { [KIND]: unknown; of?: unknown };
    switch (kind) {
      case 'undefined':
        return undefined;
      case 'number':
        return Number(of);
      case 'bigint':
        return BigInt(of as string);
      case 'Date':
        return this.#fill(new Date(of === null ? Number.NaN : (of as number)), () => {});
      case 'same':
        return found(this.#objects[of as number]);
      case 'frozen':
        return Object.freeze(this.decode(of));
      case 'object':
        return this.#properties({}, of as [string, unknown][]);
      case 'bare':
        return this.#properties(Object.create(null), of as [string, unknown][]);
      case 'Set':
        return this.#fill(new Set(), set => listOf(of).forEach(part => void set.add(this.decode(part))));
      case 'Map':
        return this.#fill(new Map(), map => {
          const parts = listOf(of).map(part => this.decode(part));
          for (let index = 0; index < parts.length; index += 2) map.set(parts[index], parts[index + 1]);
        });
      default:
        throw new TypeError(`A snapshot holds a value of the unknown kind ${JSON.stringify(kind)}.`);
    }
  }

  /** Registers the object before its parts, as the encoder did. */
  #fill<T extends object>(object: T, fill: (object: T) => void): T {
    this.#objects.push(object);
    fill(object);
    return object;
  }

  #properties(object: object, entries: readonly [string, unknown][]): object {
    return this.#fill(object, () => {
      for (const [key, part] of entries)
        Object.defineProperty(object, key, {
          value: this.decode(part),
          writable: true,
          enumerable: true,
          configurable: true,
        });
    });
  }
}

const tagged = (kind: string, of?: unknown): object => (of === undefined ? { [KIND]: kind } : { [KIND]: kind, of });

const joined = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);

/** Names a date, a map or a set of any realm, but not an instance of a subclass. */
function builtIn(value: object, prototype: object): string | undefined {
  const parent = Object.getPrototypeOf(prototype);
  if (parent === null || Object.getPrototypeOf(parent) !== null) return undefined;
  return /^\[object (Date|Map|Set)\]$/.exec(Object.prototype.toString.call(value))?.[1];
}

/** The properties of an object, if all of them can be read. */
export function ownEntries(value: object, path: string): [string, unknown][] {
  const keys = Object.keys(value);
  refuseProperties(value, path, keys.length);
  refuseUnusual(value, path);
  return keys.map(key => [key, (value as Record<string, unknown>)[key]]);
}

/** Refuses properties that are computed or read-only. */
function refuseUnusual(value: object, path: string): void {
  const frozen = Object.isFrozen(value);
  for (const key of Object.keys(value)) {
    const { writable, configurable } = Object.getOwnPropertyDescriptor(value, key)!;
    if (writable === undefined) throw new UnkeepableValue(joined(path, key), 'a property that is computed');
    if (!frozen && !(writable && configurable))
      throw new UnkeepableValue(joined(path, key), 'a property that cannot be set');
  }
}

function refuseProperties(value: object, path: string, expected: number): void {
  const keys = Reflect.ownKeys(value);
  if (keys.length === expected) return;
  const hidden = keys.find(key => typeof key === 'symbol' || !Object.prototype.propertyIsEnumerable.call(value, key));
  throw new UnkeepableValue(path, `an object with the property ${String(hidden ?? keys[0])}, which JSON does not show`);
}

function listOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError('A snapshot holds a collection without a list.');
  return value;
}

function found(object: object | undefined): object {
  if (object === undefined) throw new TypeError('A snapshot refers to an object that it does not hold.');
  return object;
}
