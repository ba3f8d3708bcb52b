import type { RecordedEvent } from '../../messages';
import type { StreamPage } from '../kit/events/event-pages';
import type { AppendOutcome, StreamAppend } from './stream-append';
import type { StreamName } from './stream-name';

/**
 * The synchronous access of a store that holds its events in the memory of the process: the answers of `append` and
 * `read`, without a promise. A command then costs one promise instead of four.
 */
export interface DirectAccess {
  /** Answers as the store's `append`; undefined, without effect, if that must wait. @throws the same */
  appendNow(appends: readonly StreamAppend[]): AppendOutcome | undefined;
  /** Answers as the store's `read`; undefined if that must wait. @throws the same */
  readNow(stream: StreamName, page?: StreamPage): readonly RecordedEvent[] | undefined;
}
