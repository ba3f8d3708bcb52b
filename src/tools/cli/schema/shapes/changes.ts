import { described } from './described';
import type { JsonSchema } from './json-schema';
import { type Misfit, misfits } from './misfits';

/** A change of an event's shape that is not simply an optional field more. */
export interface ShapeChange {
  /** Where, as in {@link Misfit.path}. */
  readonly field: string;
  /**
   * `break`: it needs a new version. `grown`: a list of values has grown, which older processes do not know.
   */
  readonly kind: 'break' | 'grown';
  readonly message: string;
}

/**
 * Compares the shape of a version of an event with what has become of it. Only optional fields may be added: everything
 * stored must be valid under the new shape without losing a field, and everything new must be valid under the old one,
 * because older processes may still read it.
 */
export function shapeChanges(before: JsonSchema, after: JsonSchema): readonly ShapeChange[] {
  const stored = misfits(before, after, 'misfit').map(({ path, kind, written, read }): ShapeChange => {
    const change = `was ${described(written, before)}, and is ${described(read, after)}`;
    return { field: path, kind: 'break', message: STORED[kind] ?? change };
  });
  const places = new Set(stored.map(({ field }) => field));
  const written = misfits(after, before, 'pass')
    .filter(({ path }) => !places.has(path))
    .map(({ path, kind, written, read }): ShapeChange => {
      const change = `was ${described(read, before)}, and is ${described(written, after)}`;
      if (kind === 'value')
        return { field: path, kind: 'grown', message: `${change}: processes of older code do not know the new values` };
      return { field: path, kind: 'break', message: WRITTEN[kind] ?? change };
    });
  const breaks = new Set(written.flatMap(({ field, kind }) => (kind === 'break' ? [field] : [])));
  return [...stored, ...written.filter(({ field, kind }) => kind === 'break' || !breaks.has(field))];
}

/** What a change means for what is stored. */
const STORED: Partial<Record<Misfit['kind'], string>> = {
  unknown: 'is gone, and stored events have it',
  missing: 'is required now, and stored events do not have it',
  optional: 'is required now, and stored events may lack it',
};
/** What a change means for processes of older code. */
const WRITTEN: Partial<Record<Misfit['kind'], string>> = {
  unknown: 'is new, and the shape that is locked accepts no other fields',
  missing: 'is gone, and processes of older code require it',
  optional: 'may be missing now, and processes of older code require it',
};
