import type { SelectedPage } from './process-checks';

/**
 * Returns the conditions of a page of inputs or outputs in SQL, each beginning with `and`, for the columns `instance`,
 * `hash`, `status`, `held` (of outputs only) and `entry`; `bind` returns the placeholder of a value. Statuses are
 * written as they are, so that an index of the pending ones is found. For store authors.
 */
export function processConditions(
  rows: 'inputs' | 'outputs',
  { instance, segment, status, held, after }: SelectedPage,
  bind: (value: string | number | bigint) => string,
): string {
  const conditions = ['', `entry > ${bind(after)}`];
  if (instance !== undefined) conditions.push(`instance = ${bind(instance)}`);
  if (segment) conditions.push(`hash % ${bind(segment.segments)} = ${bind(segment.segment)}`);
  if (status !== undefined) conditions.push(`status = '${status}'`);
  if (held !== undefined && rows === 'outputs') conditions.push(held ? 'held' : 'not held');
  // Inputs are never held.
  if (held && rows === 'inputs') conditions.push('1 = 0');
  return conditions.join(' and ');
}
