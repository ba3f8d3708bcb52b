import { type ShapeChange, shapeChanges } from '../../../src/tools/cli/schema/shapes/changes';
import type { JsonSchema } from '../../../src/tools/cli/schema/shapes/json-schema';
import { misfits } from '../../../src/tools/cli/schema/shapes/misfits';
import { normalised } from '../../../src/tools/cli/schema/shapes/normalised';
import { type Figure, none, type Subject, some } from '../../support/figures';
import { Random } from '../../support/random';
import { anObject, changed, type Shape, sampleOf, valuesIn, zodOf } from './generated-schemas';

export interface SchemaPairSizes {
  readonly pairs: number;
  /** Of each schema of a pair. */
  readonly samples: number;
}

type Verdict = 'passes' | 'warns' | 'needs a version';
type Judge = (before: JsonSchema, after: JsonSchema) => Verdict;

/** Compares what the lock of events says of pairs of schemas with what validating samples says, in both directions. */
export async function schemaPairs(sizes: SchemaPairSizes, seed: number): Promise<Figure[]> {
  const pairs = judgedPairs(sizes, new Random(seed));
  const subject: Subject = {
    ...{ item: 'schemas', store: '-', seed },
    done: `${sizes.pairs} pairs of schemas, judged by the lock and by zod with ${sizes.samples} samples of each`,
  };
  const met = (verdict: Verdict): number => pairs.filter(({ expected }) => expected === verdict).length;
  return [
    none(subject, 'verdicts that differ', wrongOf(pairs, verdictOf)),
    some(subject, 'pairs that pass', met('passes')),
    some(subject, 'pairs that warn', met('warns')),
    some(subject, 'pairs that need a version', met('needs a version')),
    some({ ...subject, done: 'looking only at what is stored' }, 'verdicts that differ', wrongOf(pairs, storedOnly)),
    some({ ...subject, done: 'looking only at older processes' }, 'verdicts that differ', wrongOf(pairs, olderOnly)),
  ];
}

interface JudgedPair {
  readonly before: JsonSchema;
  readonly after: JsonSchema;
  /** What validating samples says. */
  readonly expected: Verdict;
}

const wrongOf = (pairs: readonly JudgedPair[], judge: Judge): number =>
  pairs.filter(({ before, after, expected }) => judge(before, after) !== expected).length;

const verdictOf: Judge = (before, after) => verdict(shapeChanges(before, after));

function verdict(changes: readonly ShapeChange[]): Verdict {
  if (changes.some(({ kind }) => kind === 'break')) return 'needs a version';
  return changes.length > 0 ? 'warns' : 'passes';
}

const storedOnly: Judge = (before, after) =>
  misfits(before, after, 'misfit').length > 0 ? 'needs a version' : 'passes';

const olderOnly: Judge = (before, after) => {
  const found = misfits(after, before, 'pass');
  if (found.some(({ kind }) => kind !== 'value')) return 'needs a version';
  return found.length > 0 ? 'warns' : 'passes';
};

function judgedPairs({ pairs, samples }: SchemaPairSizes, random: Random): readonly JudgedPair[] {
  return Array.from({ length: pairs }, (_, index) => {
    const [before, after] = pair(index, random);
    return { before: shapeOf(before), after: shapeOf(after), expected: validated(before, after, samples, random) };
  });
}

function pair(index: number, random: Random): readonly [Shape, Shape] {
  const before = anObject(random);
  if (index % 10 === 0) return [before, before];
  if (index % 10 === 1) return [before, anObject(random)];
  if (index % 10 === 2) return [withPlan(before, ['a', 'b']), withPlan(before, ['a', 'b', 'c'])];
  const after = changed(before, random);
  return [before, index % 10 < 7 ? after : changed(after, random)];
}

const withPlan = (shape: Shape & { kind: 'object' }, values: readonly string[]): Shape => ({
  kind: 'object',
  fields: { ...shape.fields, plan: { of: { kind: 'enum', values }, optional: false } },
});

const shapeOf = (shape: Shape): JsonSchema =>
  normalised(zodOf(shape)['~standard'].jsonSchema.input({ target: 'draft-2020-12' }));

/** What is stored must be read without losing a field, and what is new by older code too. */
function validated(before: Shape, after: Shape, samples: number, random: Random): Verdict {
  const reader = zodOf(after, { strict: true });
  const older = zodOf(before);
  const olderWithValues = zodOf(before, { more: valuesIn(after) });
  let verdict: Verdict = 'passes';
  for (let count = 0; count < samples; count++) {
    if (!reader.safeParse(sampleOf(before, random)).success) return 'needs a version';
    const written = sampleOf(after, random);
    if (older.safeParse(written).success) continue;
    if (!olderWithValues.safeParse(written).success) return 'needs a version';
    verdict = 'warns';
  }
  return verdict;
}
