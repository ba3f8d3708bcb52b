import { isName, MAX_NAME_LENGTH, shownValue } from '../../../messages';
import type { CheckpointName } from '../../ports/projection-commit';
import { InvalidCommitError } from '../../ports/projection-errors';
import type { LeaseClaim, Member } from '../../ports/segment-leases';
import { checkpointFaults } from './projection-checks';

const MAX_LEASE_MS = 3_600_000;
const LONGEST_NOTE = 20_000;

/** Refuses a claim of a segment that no store can accept. For store authors. @throws InvalidCommitError */
export function checkClaim(name: CheckpointName, { owner, duration, note }: LeaseClaim): void {
  const faults = [...checkpointFaults(name), ...memberFaults({ owner, duration })];
  if (note !== undefined && !isNote(note))
    faults.push(
      `note is ${shownValue(note)}; it must be well-formed text of at most ${LONGEST_NOTE} characters without NUL.`,
    );
  if (faults.length > 0) throw new InvalidCommitError(faults);
}

/** Refuses a member that no store can accept. For store authors. @throws InvalidCommitError */
export function checkMember(projection: string, version: number, member: Member): void {
  const faults = [...checkpointFaults({ projection, version, segment: 0 }), ...memberFaults(member)];
  if (faults.length > 0) throw new InvalidCommitError(faults);
}

function memberFaults({ owner, duration }: Member): string[] {
  const faults: string[] = [];
  if (!isName(owner))
    faults.push(`owner is ${shownValue(owner)}; it must be text of 1 to ${MAX_NAME_LENGTH} characters without NUL.`);
  if (!Number.isSafeInteger(duration) || duration < 1 || duration > MAX_LEASE_MS) {
    faults.push(
      `duration is ${shownValue(duration)}; it must be an integer from 1 to ${MAX_LEASE_MS}, in milliseconds.`,
    );
  }
  return faults;
}

const isNote = (note: unknown): boolean =>
  typeof note === 'string' && note.length <= LONGEST_NOTE && !note.includes('\0') && note.isWellFormed();
