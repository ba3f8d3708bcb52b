import type { RecordedEvent } from '../../messages';
import type { StreamPage } from '../kit/events/event-pages';
import type { AppendOutcome, StreamAppend } from './stream-append';
import type { StreamName } from './stream-name';

/**
 * What a store offers that has its events at hand, in the memory of the process: the answers of its `append` and
 * `read`, without a promise. A command then costs one promise instead of four.
 */
export interface DirectAccess {
  /** Answers as the store's `append`; undefined where that has to wait: nothing has happened then. @throws the same */
  appendNow(appends: readonly StreamAppend[]): AppendOutcome | undefined;
  /** Answers as the store's `read`; undefined where that has to wait. @throws the same */
  readNow(stream: StreamName, page?: StreamPage): readonly RecordedEvent[] | undefined;
}
