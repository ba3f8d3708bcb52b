import {
  type KnownSchema,
  type ParkedSequence,
  type ReadModelVersion,
  type SegmentState,
  takenOverOf,
} from '../../../store';
import type { Row } from '../connection/statement';
import type { StoreNames } from '../schema/names';

/** The columns of {@link readModelVersion}. */
export const VERSION_COLUMNS = 'version, state, replay_until, indexes, revision, segments, sequence_by, taken_over';

export const readModelVersion = ([version, state, replayUntil, ...schema]: Row): ReadModelVersion => ({
  version: Number(version),
  ...{ ...schemaOf(schema), replayUntil: BigInt(replayUntil!) },
  ...{ active: state === 'active', closed: state === 'closed' },
});

export const schemaOf = ([indexes, revision, segments, sequenceBy, takenOver]: Row): Omit<
  KnownSchema,
  'replayUntil'
> => ({
  indexes: JSON.parse(indexes!),
  ...{ revision: Number(revision), segments: Number(segments) },
  ...{ sequenceBy: sequenceBy!, takenOver: takenOverOf(takenOver!) },
});

export const segmentState = ([segment, position, owner, freeIn, note, released]: Row): SegmentState => ({
  segment: Number(segment),
  ...{ position: BigInt(position!), owner: owner ?? undefined, freeIn: Number(freeIn) },
  ...{ released: released === 't', note: note ?? undefined },
});

/** Finds the parked sequences of a version, or only some, as rows of {@link parkedSequence}. */
export function sequencesOf(names: StoreNames, projection: string, version: string, only = ''): string {
  const letters = names.of('dead_letters');
  return `select s.sequence, d.segment, s.events, s.first, d.error, s.retry from (
  select sequence, min(position) as first, count(*) as events, case when max(retry) > max(answered) then max(retry) end as retry
  from ${letters} where projection = ${projection} and version = ${version} ${only} group by sequence
) s join ${letters} d on d.projection = ${projection} and d.version = ${version} and d.position = s.first`;
}

export const parkedSequence = ([sequence, segment, events, position, error, retry]: Row): ParkedSequence => ({
  sequence: sequence!,
  ...{ segment: Number(segment), events: Number(events), position: BigInt(position!) },
  ...{ error: error ?? undefined, retry: retry == null ? undefined : Number(retry) },
});
