import type { AnsweredRetry, NewDeadLetter } from '../../ports/dead-letters';
import type { CheckpointName, DocumentRead, ProjectionCommit, TransactionWork } from '../../ports/projection-commit';
import { InvalidCommitError } from '../../ports/projection-errors';
import { lettersToPark } from './dead-letter-checks';
import { checkCommit, groupWrites, type WriteGroup } from './projection-checks';
import { type SealedProcess, sealedProcess } from './sealed-process';

/** A checked commit, which no caller can change while it waits to be written. */
export interface SealedCommit {
  readonly checkpoint: CheckpointName;
  readonly from: bigint;
  readonly to: bigint;
  readonly groups: readonly WriteGroup[];
  readonly reads: readonly DocumentRead[];
  readonly fence: bigint | undefined;
  readonly work: readonly TransactionWork[];
  readonly park: readonly NewDeadLetter[];
  readonly unpark: readonly bigint[];
  readonly retried: bigint | undefined;
  readonly answers: AnsweredRetry | undefined;
  /** Undefined if the commit changes nothing of a process. */
  readonly process: SealedProcess | undefined;
}

/**
 * Checks a commit and seals it. For store authors.
 * @param takes `processes`: whether the store keeps processes; one that does not refuses commits that change something
 * of a process. Default `false`.
 * @throws InvalidCommitError, UnstorableValueError
 */
export function sealedCommit(
  commit: ProjectionCommit,
  { processes = false }: { readonly processes?: boolean } = {},
): SealedCommit {
  checkCommit(commit);
  if (commit.process && !processes)
    throw new InvalidCommitError(['process is given, but this store keeps no processes.']);
  const { from, to, fence, retried, answers } = commit;
  const { projection, version, segment } = commit.checkpoint;
  return {
    checkpoint: { projection, version, segment },
    ...{ from, to, fence, groups: groupWrites(commit.writes) },
    reads: [...(commit.reads ?? [])],
    ...{ work: [...(commit.work ?? [])], park: lettersToPark(commit.park), unpark: [...(commit.unpark ?? [])] },
    retried,
    answers: answers && { sequence: answers.sequence, retry: answers.retry },
    process: sealedProcess(commit.process),
  };
}
