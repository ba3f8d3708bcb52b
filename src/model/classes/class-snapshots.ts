import { hiddenFields } from '../../messages';
import { INSTANCE } from '../aggregate-instance';
import { type SnapshotOptions, type SnapshotRule, snapshotRule } from '../snapshots/snapshot-rule';
import { ownEntries, UnkeepableValue } from '../snapshots/state-codec';

/** Compiles the option `snapshot` of an aggregate class. Its state is the own fields of its instances. */
export function classSnapshots(
  name: string,
  type: new (id: string) => object,
  options: SnapshotOptions | undefined,
): SnapshotRule<object> | undefined {
  if (options === undefined) return undefined;
  const hidden = hiddenFields(type.prototype, rootOf(type));
  const subject = {
    name,
    initialState: (id: string) => new type(id),
    refusal: refusalOf(hidden),
    dataOf: fieldsOf,
    filled,
  };
  return snapshotRule<object>(options, subject);
}

/** The prototype of the class above the user's classes, whose private fields are not state. */
function rootOf(type: Function): object | null {
  let level: object | null = type.prototype;
  while (level !== null && !Object.hasOwn(level, INSTANCE)) level = Object.getPrototypeOf(level);
  return level;
}

function refusalOf(hidden: readonly string[]): string | undefined {
  return hidden.length > 0 ? `private fields (${hidden.join(', ')}) cannot be seen from outside` : undefined;
}

function fieldsOf(state: object): object {
  if (!Object.isExtensible(state)) throw new UnkeepableValue('', 'an object that takes no new properties');
  return Object.fromEntries(ownEntries(state, ''));
}

/**
 * Gives a new instance exactly these fields. A setter of the class must not be called, because no event handler has
 * called it.
 */
function filled(fresh: object, fields: object): object {
  for (const key of Object.keys(fresh)) if (!Object.hasOwn(fields, key)) Reflect.deleteProperty(fresh, key);
  for (const [key, value] of Object.entries(fields))
    Object.defineProperty(fresh, key, { value, writable: true, enumerable: true, configurable: true });
  return fresh;
}
