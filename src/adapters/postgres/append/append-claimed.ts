import { type Ask, type Statement, statement } from '../connection/statement';
import type { StoreNames } from '../schema/names';
import {
  APPEND_TYPES,
  type BatchMode,
  batchResults,
  batchValues,
  listed,
  plainArray,
  type UnitResult,
} from './append-batch';
import type { AppendRequest } from './append-request';

const CLAIM_TYPES = ['text[]', 'text[]', 'integer[]', 'integer[]', 'integer[]'];

/** The call of the function for batches with units of commands. */
export const appendClaimedStatement = (names: StoreNames): Statement =>
  statement(`select lost, done, outcomes, versions, positions, recorded_at from ${names.of('append_claimed')}(
${[...CLAIM_TYPES, ...APPEND_TYPES].map((type, index) => `$${index + 1}::${type}`).join(', ')})`);

/** Sends a batch. If claims were refused, sends the rest again without their units. */
export async function sendClaimed(
  question: Statement,
  units: readonly AppendRequest[],
  mode: BatchMode,
  ask: Ask,
): Promise<UnitResult[]> {
  const results = new Map<AppendRequest, UnitResult>();
  for (let left = units; left.length > 0; left = units.filter(unit => !results.has(unit))) {
    const [row] = await ask(question, [...claimValues(left), ...batchValues(left, mode)]);
    const [lost, done, ...answer] = row!;
    for (const unit of listed(lost)) results.set(left[Number(unit) - 1]!, 'lost');
    for (const unit of listed(done)) results.set(left[Number(unit) - 1]!, 'done');
    if (lost === null && done === null)
      batchResults(answer, left).forEach((result, index) => void results.set(left[index]!, result));
  }
  return units.map(unit => results.get(unit)!);
}

/** The claims, in the same order for all writers, so that no two wait for each other. */
function claimValues(units: readonly AppendRequest[]): unknown[] {
  let events = 0;
  const claims = units.flatMap((unit, index) => {
    const from = events + 1;
    events += unit.events.length;
    return unit.command ? [{ unit: index + 1, from, until: events, ...unit.command }] : [];
  });
  claims.sort((left, right) => (left.id < right.id ? -1 : 1));
  return [
    claims.map(({ id }) => id),
    claims.map(({ token }) => token),
    plainArray(claims.map(({ unit }) => unit)),
    plainArray(claims.map(({ from }) => from)),
    plainArray(claims.map(({ until }) => until)),
  ];
}
