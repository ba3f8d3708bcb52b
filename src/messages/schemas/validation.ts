import { isStrayPromise } from '../../concurrency';
import { reasonOf } from '../faults/format-error';
import { shownPath, shownWithKeys } from '../faults/shown';
import { oneOf } from '../options/option-checks';
import { dataDifference, fieldPath } from './data-difference';
import { InvalidMessageError, InvalidPayloadError, type MessageIssue, UnusableSchemaError } from './schema-errors';
import type { StandardIssue, StandardSchemaV1 } from './standard-schema';

/** When messages are validated by their schemas. */
export type Validation = 'always' | 'never';

export const aValidation = oneOf('always', 'never');

/**
 * Refuses a command or query that does not fit its schema.
 * @throws InvalidMessageError with all issues, UnusableSchemaError
 */
export function refuseInvalidMessage(
  kind: 'command' | 'query',
  name: string,
  content: unknown,
  schema: StandardSchemaV1,
): void {
  const issues = issuesOf(name, withoutUndefined(content), schema);
  if (issues) throw new InvalidMessageError(kind, name, issues);
}

/**
 * Refuses an event whose data, as they are stored, do not fit its schema.
 * @throws InvalidPayloadError with all issues, UnusableSchemaError
 */
export function refuseInvalidPayload(name: string, payload: object, schema: StandardSchemaV1): void {
  const issues = issuesOf(name, payload, schema);
  if (issues) throw new InvalidPayloadError(name, issues);
}

function issuesOf(name: string, value: unknown, schema: StandardSchemaV1): readonly MessageIssue[] | undefined {
  const result = resultOf(name, value, schema);
  if (isStrayPromise(result)) {
    throw new UnusableSchemaError(
      name,
      'is asynchronous; it must answer at once. Check in the handler what takes time.',
    );
  }
  if (typeof result !== 'object' || result === null) throw notAResult(name, result);
  if (result.issues) return issuesIn(name, result.issues);
  if (!('value' in result)) throw notAResult(name, result);
  const difference = dataDifference(value, result.value);
  if (difference === undefined) return undefined;
  if (difference.changed !== undefined) throw new UnusableSchemaError(name, changes(difference.changed));
  return difference.unknown.map(path => ({ path, message: 'The schema has no such field' }));
}

/** A schema that writes into what it is given throws for an event, which is frozen. */
function resultOf(name: string, value: unknown, schema: StandardSchemaV1): ReturnType<typeof validate> {
  try {
    return validate(schema, value);
  } catch (cause) {
    throw new UnusableSchemaError(name, `has thrown an error: ${reasonOf(cause)}. ${ONLY_CHECKS}`, { cause });
  }
}

const validate = (schema: StandardSchemaV1, value: unknown) => schema['~standard'].validate(value);

const ONLY_CHECKS =
  'A schema only checks. Convert the values of a command before it is dispatched; how an event is stored is for its codec: @Event(name, { codec }).';

const changes = (path: string): string =>
  `changes what it validates${path === '' ? '' : `, at ${shownPath(path)}`}: it has a transformation or a default. ${ONLY_CHECKS}`;

const notAResult = (name: string, made: unknown): UnusableSchemaError =>
  new UnusableSchemaError(
    name,
    `returned ${shownWithKeys(made)}; as a Standard Schema it must return { value } or { issues: [{ message, path }] }.`,
  );

function issuesIn(name: string, issues: readonly StandardIssue[]): readonly MessageIssue[] {
  try {
    if (Array.isArray(issues)) return Array.from(issues, issue);
  } catch {
    // An issue of another kind.
  }
  throw notAResult(name, { issues });
}

function issue({ path = [], message }: StandardIssue): MessageIssue {
  const text = path.reduce<string>((before, segment) => {
    const key = typeof segment === 'object' ? segment.key : segment;
    return typeof key === 'number' ? `${before}[${key}]` : fieldPath(before, String(key));
  }, '');
  return { path: text, message: String(message) };
}

/** An optional parameter of a constructor leaves a field that is undefined; as in JSON, it counts as left out. */
function withoutUndefined(content: unknown): unknown {
  if (typeof content !== 'object' || content === null) return content;
  const fields = content as Record<string, unknown>;
  for (const key in fields) if (fields[key] === undefined) return copyWithout(fields);
  return content;
}

function copyWithout(fields: Record<string, unknown>): object {
  const defined = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.assign(Object.create(Object.getPrototypeOf(fields)), Object.fromEntries(defined));
}
