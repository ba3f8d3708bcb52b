import type { ReadModelVersion } from '../../store';
import type { EventProcessorDefinition } from '../definition/definition';
import { sequenceByOf } from '../definition/sequence';

/** The shape that the running code creates. Versions of another shape belong to other code. */
export interface VersionShape {
  readonly name: string;
  readonly revision: number;
  readonly segments: number;
  readonly indexes: readonly string[];
  readonly sequenceBy: string;
}

export function shapeOf(definition: EventProcessorDefinition): VersionShape {
  const { name, options } = definition;
  const { version: revision = 1, segments = 1, indexes = [] } = options;
  return { name, revision, segments, indexes, sequenceBy: sequenceByOf(definition) };
}

/** Tells whether a version has a shape, whatever the order of its indexes. */
export function hasShape({ revision, segments, indexes, sequenceBy }: ReadModelVersion, shape: VersionShape): boolean {
  if (revision !== shape.revision || segments !== shape.segments || sequenceBy !== shape.sequenceBy) return false;
  return indexes.length === shape.indexes.length && indexes.every(field => shape.indexes.includes(field));
}

export const lowest = (list: readonly bigint[]): bigint => list.reduce((least, each) => (each < least ? each : least));
