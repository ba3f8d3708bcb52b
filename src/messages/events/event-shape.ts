import type { ClassReference } from '../names/class-metadata';
import type { StandardSchemaV1 } from '../schemas/standard-schema';
import type { UpcastStep } from './event-options';

/** What is known of an event's versions: of a class, or of an event defined without one. */
export interface EventShape {
  readonly name: string;
  /** The current version. */
  readonly schemaVersion: number;
  /** The steps to the current version, by the version that they start from. */
  readonly steps: ReadonlyMap<number, UpcastStep>;
  /** The schema of what is stored in the current version. */
  readonly schema?: StandardSchemaV1 | undefined;
  /** The event's class, if it has one. */
  readonly type?: ClassReference;
}

/** A shape of which no version but the current one can be read. */
const NO_STEPS: ReadonlyMap<number, UpcastStep> = new Map();

/** Returns the steps of the option `upcast`. */
export function stepsOf(upcast: Readonly<Record<number, UpcastStep | 'upcaster'>> | undefined): EventShape['steps'] {
  if (upcast === undefined) return NO_STEPS;
  return new Map(
    Object.entries(upcast).flatMap(([from, step]) => (step === 'upcaster' ? [] : [[Number(from), step] as const])),
  );
}
