import { type ShapeChange, shapeChanges } from '../../../src/tools/cli/schema/shapes/changes';
import type { JsonSchema } from '../../../src/tools/cli/schema/shapes/json-schema';
import { misfits } from '../../../src/tools/cli/schema/shapes/misfits';
import { normalised } from '../../../src/tools/cli/schema/shapes/normalised';
import { newSeed, Random } from '../../support/random';
import { anObject, changed, type Shape, sampleOf, valuesIn, zodOf } from './generated-schemas';

const PAIRS = 100;
const SAMPLES = 1000;

type Verdict = 'passes' | 'warns' | 'needs a version';

const shapeOf = (shape: Shape): JsonSchema =>
  normalised(zodOf(shape)['~standard'].jsonSchema.input({ target: 'draft-2020-12' }));

function verdictOf(changes: readonly ShapeChange[]): Verdict {
  if (changes.some(({ kind }) => kind === 'break')) return 'needs a version';
  return changes.length > 0 ? 'warns' : 'passes';
}

/** What validating samples says: what is stored must be read without losing a field, what is new by older code too. */
function validated(before: Shape, after: Shape, random: Random): Verdict {
  const reader = zodOf(after, { strict: true });
  const older = zodOf(before);
  const olderWithValues = zodOf(before, { more: valuesIn(after) });
  let verdict: Verdict = 'passes';
  for (let count = 0; count < SAMPLES; count++) {
    if (!reader.safeParse(sampleOf(before, random)).success) return 'needs a version';
    const written = sampleOf(after, random);
    if (older.safeParse(written).success) continue;
    if (!olderWithValues.safeParse(written).success) return 'needs a version';
    verdict = 'warns';
  }
  return verdict;
}

const withPlan = (shape: Shape & { kind: 'object' }, values: readonly string[]): Shape => ({
  kind: 'object',
  fields: { ...shape.fields, plan: { of: { kind: 'enum', values }, optional: false } },
});

function pairs(random: Random): readonly (readonly [Shape, Shape])[] {
  return Array.from({ length: PAIRS }, (_, index) => {
    const before = anObject(random);
    if (index % 10 === 0) return [before, before];
    if (index % 10 === 1) return [before, anObject(random)];
    if (index % 10 === 2) return [withPlan(before, ['a', 'b']), withPlan(before, ['a', 'b', 'c'])];
    const after = changed(before, random);
    return [before, index % 10 < 7 ? after : changed(after, random)];
  });
}

/** The pairs for which a verdict is not what validating says. */
function disagreements(verdict: (before: JsonSchema, after: JsonSchema) => Verdict, seed: number): unknown[] {
  const random = new Random(seed);
  const met = new Set<Verdict>();
  const found = pairs(random).flatMap(([before, after]) => {
    const [expected, said] = [validated(before, after, random), verdict(shapeOf(before), shapeOf(after))];
    met.add(expected);
    return said === expected ? [] : [{ seed, before, after, said, expected }];
  });
  expect([...met].sort()).toEqual(['needs a version', 'passes', 'warns']);
  return found;
}

test(`the verdict on ${PAIRS} pairs of schemas is what validating ${SAMPLES} samples in both directions says`, () => {
  const found = disagreements((before, after) => verdictOf(shapeChanges(before, after)), newSeed());
  expect(JSON.stringify(found.slice(0, 3), undefined, 1)).toBe('[]');
});

test('control: who looks at stored events only, or at older processes only, is wrong', () => {
  const storedOnly = (before: JsonSchema, after: JsonSchema): Verdict =>
    misfits(before, after, 'misfit').length > 0 ? 'needs a version' : 'passes';
  const olderOnly = (before: JsonSchema, after: JsonSchema): Verdict => {
    const found = misfits(after, before, 'pass');
    if (found.some(({ kind }) => kind !== 'value')) return 'needs a version';
    return found.length > 0 ? 'warns' : 'passes';
  };
  expect(disagreements(storedOnly, 1).length).toBeGreaterThan(PAIRS / 20);
  expect(disagreements(olderOnly, 1).length).toBeGreaterThan(PAIRS / 20);
});
