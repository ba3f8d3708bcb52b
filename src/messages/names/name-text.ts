import { isStorableText } from '../sealing/payload';

/** Longest name and id (of aggregates, events, commands, projections), in characters. */
export const MAX_NAME_LENGTH = 255;

/** What {@link isName} asks for, in words. */
export const NAMES = `text of 1 to ${MAX_NAME_LENGTH} characters without NUL`;

/** Tells whether every store can keep a value as a name or an id. */
export function isName(name: unknown): boolean {
  return typeof name === 'string' && name.length > 0 && name.length <= MAX_NAME_LENGTH && isStorableText(name);
}
