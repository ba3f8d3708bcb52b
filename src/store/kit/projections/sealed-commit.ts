import type { AnsweredRetry, NewDeadLetter } from '../../ports/dead-letters';
import type { CheckpointName, DocumentRead, ProjectionCommit, TransactionWork } from '../../ports/projection-commit';
import { lettersToPark } from './dead-letter-checks';
import { checkCommit, groupWrites, type WriteGroup } from './projection-checks';

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
}

/** Checks a commit and seals it. For those who write a store. @throws InvalidCommitError, UnstorableValueError */
export function sealedCommit(commit: ProjectionCommit): SealedCommit {
  checkCommit(commit);
  const { from, to, fence, retried, answers } = commit;
  const { projection, version, segment } = commit.checkpoint;
  return {
    ...{ checkpoint: { projection, version, segment }, from, to, fence, groups: groupWrites(commit.writes) },
    reads: [...(commit.reads ?? [])],
    ...{ work: [...(commit.work ?? [])], park: lettersToPark(commit.park), unpark: [...(commit.unpark ?? [])] },
    retried,
    answers: answers && { sequence: answers.sequence, retry: answers.retry },
  };
}
