import { EventualityError } from '../faults/errors';
import { shownPath } from '../faults/shown';
import { messageMetadata } from '../names/names';
import { hiddenFields } from './hidden-fields';
import { isPlain } from './plain-object';

/** Thrown when an event or a document cannot be stored without losing a value; `path` names the field. */
export class UnstorableValueError extends EventualityError {
  readonly code = 'UNSTORABLE_VALUE';

  constructor(
    readonly path: string,
    reason: string,
    /**
     * Whether JSON from outside can contain such a value: text that not every store can keep, an infinite number, a key
     * named `__proto__`, deep nesting. Other values come from the application itself.
     */
    readonly fromOutside: boolean = false,
  ) {
    super(
      `${shownPath(path)} cannot be stored: it is ${reason}. Use data that JSON can carry; an event can have a codec: @Event(name, { codec }).`,
    );
  }
}

const BUILT_IN =
  /^\[object (Date|RegExp|Error|Promise|DataView|String|Number|Boolean|(Weak)?(Map|Set|Ref)|\w*Array(Buffer)?)\]$/;

/** Tells whether a function is built in, such as `Map` or `Error`. */
export const isNative = (type: Function): boolean =>
  /\{\s*\[native code\]\s*\}$/.test(Function.prototype.toString.call(type));

/**
 * Refuses an object whose class keeps data where JSON does not see it: in a date or a map, in private fields, on the
 * prototype, or behind a `toJSON` method. The result holds for all objects of that prototype.
 * @throws UnstorableValueError
 */
export function refuseHiddenData(object: object, path: string): void {
  const kind = Object.prototype.toString.call(object);
  if (kind !== '[object Object]' && BUILT_IN.test(kind))
    throw new UnstorableValueError(path, `an instance of ${kind.slice(8, -1)}`);
  const prototype = Object.getPrototypeOf(object);
  // Checked on the prototype: an instance may hide the method behind a field of that name, and the next one not.
  if (typeof prototype?.toJSON === 'function') throw new UnstorableValueError(path, 'an object with a toJSON method');
  for (let level = prototype; !isPlain(level); level = Object.getPrototypeOf(level)) refuseHiddenLevel(level, path);
  const [field] = hiddenFields(prototype);
  if (field === undefined) return;
  const kept = field === '#private' ? 'a private field, or data in a WeakMap' : 'a private field';
  throw new UnstorableValueError(`${path}.${field}`, `${kept}, which JSON does not show`);
}

/**
 * Refuses an object of which `{ ...object }` would lose a part: private fields, symbols, and properties that are not
 * enumerable or on its prototype.
 * @throws UnstorableValueError
 */
export function refuseHidden(object: object, path: string): void {
  if (!isPlain(Object.getPrototypeOf(object))) refuseHiddenData(object, path);
  const { length } = Object.keys(object);
  if (Object.getOwnPropertyNames(object).length !== length || Object.getOwnPropertySymbols(object).length > 0)
    refuseHiddenProperty(object, path);
}

function refuseHiddenLevel(prototype: object, path: string): void {
  if (Object.hasOwn(prototype, 'constructor')) {
    const type = prototype.constructor;
    if (typeof type === 'function' && isNative(type) && !messageMetadata(type))
      throw new UnstorableValueError(path, `an instance of ${type.name}`);
    return;
  }
  const [key] = Object.keys(prototype);
  if (key !== undefined)
    throw new UnstorableValueError(`${path}.${key}`, 'a property of its prototype, which JSON does not show');
}

/**
 * Refuses the property of an object that has one which JSON does not show.
 * @throws UnstorableValueError
 */
export function refuseHiddenProperty(object: object, path: string): void {
  const isList = Array.isArray(object);
  for (const key of Reflect.ownKeys(object)) {
    if (typeof key === 'symbol')
      throw new UnstorableValueError(`${path}[${String(key)}]`, 'the value of a symbol, which JSON does not show');
    if (isList && (key === 'length' || isIndex(key))) continue;
    if (isList)
      throw new UnstorableValueError(`${path}.${key}`, 'a named property of an array, which JSON does not show');
    if (!Object.prototype.propertyIsEnumerable.call(object, key))
      throw new UnstorableValueError(`${path}.${key}`, 'a property that is not enumerable, which JSON does not show');
  }
}

const isIndex = (key: string): boolean => String(Number(key) >>> 0) === key;
