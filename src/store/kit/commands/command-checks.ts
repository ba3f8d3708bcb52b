import {
  checkedElsewhere,
  isName,
  MAX_NAME_LENGTH,
  type OptionChecks,
  optionFaults,
  shownValue,
} from '../../../messages';
import type { ClaimName, CommandClaim, CompletedCommand } from '../../ports/command-journal';
import { InvalidAppendError, InvalidClaimError } from '../../ports/errors';
import type { AppendOptions, StreamAppend } from '../../ports/stream-append';
import { isUuid } from '../events/checks';

const MAX_LEASE_MS = 3_600_000;
/** The longest time for which a store keeps the result of a command, in milliseconds: a hundred years. */
export const MAX_KEEP_MS = 3_155_760_000_000;

const APPEND_OPTIONS: OptionChecks<AppendOptions> = { command: checkedElsewhere };

const TEXT = `text of 1 to ${MAX_NAME_LENGTH} characters without NUL`;

/**
 * Refuses a claim of a command that no store can accept, with all its faults. For store authors. @throws
 * InvalidClaimError
 */
export function checkCommandClaim(claim: CommandClaim): void {
  const { fingerprint, lease, keep } = claim ?? {};
  const faults = nameFaults(claim);
  if (!isName(fingerprint)) faults.push(`fingerprint is ${shownValue(fingerprint)}; it must be ${TEXT}.`);
  faults.push(...durationFaults('lease', lease, MAX_LEASE_MS), ...durationFaults('keep', keep, MAX_KEEP_MS));
  if (faults.length > 0) throw new InvalidClaimError(faults);
}

/**
 * Refuses the name of a claim that no store can accept, and an invalid lease. For store authors. @throws
 * InvalidClaimError
 */
export function checkClaimName(claim: ClaimName, lease = 1): void {
  const faults = [...nameFaults(claim), ...durationFaults('lease', lease, MAX_LEASE_MS)];
  if (faults.length > 0) throw new InvalidClaimError(faults);
}

/**
 * Refuses the result of a command without an append if no store can keep it. For store authors.
 * @throws InvalidClaimError
 */
export function checkCommandResult(claim: ClaimName, { aggregateId, version, events = [] }: CompletedCommand): void {
  const faults = nameFaults(claim);
  if (aggregateId !== '' && !isName(aggregateId))
    faults.push(
      `aggregateId is ${shownValue(aggregateId)}; it must be text of at most ${MAX_NAME_LENGTH} characters without NUL.`,
    );
  if (!Number.isSafeInteger(version) || version < 0)
    faults.push(`version is ${shownValue(version)}; it must be an integer from 0.`);
  if (!Array.isArray(events) || !events.every(event => isUuid(event?.id)))
    faults.push('events must be a list of recorded events.');
  if (faults.length > 0) throw new InvalidClaimError(faults);
}

/**
 * Returns the claim of an append, as a copy that the caller cannot change. For store authors; check the
 * appends first.
 * @throws InvalidClaimError; InvalidAppendError if there is a claim but no event, or an unknown option
 */
export function claimOf(appends: readonly StreamAppend[], options: AppendOptions | undefined): ClaimName | undefined {
  if (options === undefined) return undefined;
  const faults = optionFaults(options, APPEND_OPTIONS);
  if (faults.length > 0) throw new InvalidAppendError(faults);
  if (!options.command) return undefined;
  const { id, token } = options.command;
  checkClaimName({ id, token });
  if (appends.length === 0)
    throw new InvalidAppendError([`The command '${id}' has no events: use commands.complete(claim, result).`]);
  return { id, token };
}

/**
 * Creates the error for an append under the claim of a command that is already done by another append. For store
 * authors.
 */
export const commandIsDone = ({ id }: ClaimName): InvalidAppendError =>
  new InvalidAppendError([`The command '${id}' is done: its events are stored already. Append others without it.`]);

function nameFaults(claim: ClaimName): string[] {
  const { id, token } = claim ?? {};
  const faults: string[] = [];
  if (!isName(id)) faults.push(`id is ${shownValue(id)}; it must be ${TEXT}.`);
  if (!isName(token)) faults.push(`token is ${shownValue(token)}; it must be ${TEXT}.`);
  return faults;
}

function durationFaults(field: string, value: unknown, longest: number): string[] {
  if (Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= longest) return [];
  return [`${field} is ${shownValue(value)}; it must be an integer from 1 to ${longest}, in milliseconds.`];
}
