import { isDeepStrictEqual } from 'node:util';
import { type AggregateDefinition, AggregateInstance, SnapshotRefusedError, type SnapshotRule } from '../model';

/** Restores an aggregate from the text of a snapshot. Throws if the text is damaged, or the state has other fields. */
export function restoredAggregate(
  definition: AggregateDefinition,
  rule: SnapshotRule,
  { id, version, text }: { readonly id: string; readonly version: number; readonly text: string },
): AggregateInstance {
  const instance = new AggregateInstance(definition, id, rule.restore(id, text));
  instance.version = version;
  return instance;
}

/**
 * Returns the text of a snapshot after it was restored and found equal, so that one that loses a part of the state is
 * never stored.
 * @throws SnapshotRefusedError if it is not equal, as far as can be seen, or cannot be taken or restored
 */
export function provenSnapshot(
  definition: AggregateDefinition,
  rule: SnapshotRule,
  { id, version, state }: AggregateInstance,
): string {
  const text = rule.take(state, id);
  let again: AggregateInstance;
  try {
    again = restoredAggregate(definition, rule, { id, version, text });
  } catch (error) {
    throw new SnapshotRefusedError(definition.name, id, `it cannot be restored: ${error}`, error);
  }
  if (rule.take(again.state, id) === text && (rule.exact || haveSameFields(state, again.state))) return text;
  throw new SnapshotRefusedError(definition.name, id, 'what is restored of it has another state');
}

/** Tells whether two states have equal own fields, except functions, which are new for each object. */
const haveSameFields = (one: object, other: object): boolean => isDeepStrictEqual(comparable(one), comparable(other));

function comparable(state: object): object {
  const fields = Object.fromEntries(Object.entries(state).filter(([, value]) => typeof value !== 'function'));
  try {
    // A part of one state may come from an event and be frozen, or be of another realm, which is no difference.
    return structuredClone(fields);
  } catch {
    return fields;
  }
}
