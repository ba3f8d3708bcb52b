import { shownValue } from '../messages';
import { isName, LONGEST_NAME } from './checks';
import { checkpointFaults } from './projection-checks';
import type { CheckpointName } from './projection-commit';
import { InvalidCommitError } from './projection-errors';
import type { LeaseClaim } from './segment-leases';

const LONGEST_LEASE = 3_600_000;

/** Refuses a claim that no store can take. For those who write a store. @throws InvalidCommitError */
export function checkClaim(name: CheckpointName, { owner, duration }: LeaseClaim): void {
  const faults = checkpointFaults(name);
  if (!isName(owner)) faults.push(`owner is ${shownValue(owner)}; it must be text of 1 to ${LONGEST_NAME} characters without NUL.`);
  if (!Number.isSafeInteger(duration) || duration < 1 || duration > LONGEST_LEASE) {
    faults.push(`duration is ${shownValue(duration)}; it must be an integer from 1 to ${LONGEST_LEASE}, in milliseconds.`);
  }
  if (faults.length > 0) throw new InvalidCommitError(faults);
}
