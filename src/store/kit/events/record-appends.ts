import type { RecordedEvent } from '../../../messages';
import type { Conflict, StreamAppend } from '../../ports/stream-append';
import type { StreamName } from '../../ports/stream-name';
import { isExpected } from './checks';
import { recordEvent } from './record-event';

/** Returns the version of a stream, 0 if it has no events. */
export type VersionOf = (stream: StreamName) => number;

/**
 * Returns the streams that are not as their appends expect them; undefined when all are. For store authors.
 */
export function conflictsOf(appends: readonly StreamAppend[], versionOf: VersionOf): readonly Conflict[] | undefined {
  let conflicts: Conflict[] | undefined;
  for (let index = 0; index < appends.length; index++) {
    const { stream, expected } = appends[index]!;
    const actual = versionOf(stream);
    if (isExpected(expected, actual)) continue;
    conflicts ??= [];
    conflicts.push({ stream, expected, actual });
  }
  return conflicts;
}

/** What the events of an append have besides their content. */
export interface Recording {
  readonly versionOf: VersionOf;
  /** The last position of the store; the events get those that follow. */
  readonly last: bigint;
  /** ISO 8601 in UTC. */
  readonly recordedAt: string;
  /** As in `recordEvent`. */
  readonly now?: number | undefined;
}

/**
 * Returns the recorded events of appends without conflicts, in their order, deeply frozen. Nothing is kept: what is
 * refused is refused before anything is written. For store authors.
 * @throws UnstorableValueError
 */
export function recordAppends(
  appends: readonly StreamAppend[],
  { versionOf, last, recordedAt, now }: Recording,
): RecordedEvent[] {
  let recorded: RecordedEvent[] | undefined;
  let position = last;
  for (let place = 0; place < appends.length; place++) {
    const { stream, events } = appends[place]!;
    let version = versionOf(stream);
    for (let index = 0; index < events.length; index++) {
      // V8 compiles the sum of bigints, but not `++`, which takes three times as long.
      position += 1n;
      const event = recordEvent(events[index]!, stream, ++version, position, recordedAt, now);
      // Usually it is one event. A list that starts empty and grows allocates room for seventeen.
      if (recorded) recorded.push(event);
      else recorded = [event];
    }
  }
  return recorded ?? [];
}
