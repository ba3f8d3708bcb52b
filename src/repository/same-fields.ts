import { isDeepStrictEqual } from 'node:util';

/** Tells whether two states have equal own fields, functions apart: those are made anew with each object. */
export const sameFields = (one: object, other: object): boolean => isDeepStrictEqual(comparable(one), comparable(other));

function comparable(state: object): object {
  const fields = Object.fromEntries(Object.entries(state).filter(([, value]) => typeof value !== 'function'));
  try {
    // A part of the one may have come from an event and be frozen, or of another realm: that is no difference.
    return structuredClone(fields);
  } catch {
    return fields;
  }
}
