import type { Clock, Logger, OnError } from '../messages';
import type { EventStore, KnownHistory, ProjectionStore } from '../store';
import type { EventFeed } from './feed/event-feed';
import type { HandlerInvoker } from './handling/handler-invoker';
import type { ProcessEngine } from './processes/work/engine';
import type { ProcessorPulse } from './pulse/processor-pulse';
import type { LogHead } from './status/log-head';
import type { LastErrorStatus } from './status/status';

/** What the processors of all segments share. */
export interface EventProcessorParts {
  readonly eventStore: EventStore;
  /** The pages of the log, which all processors of the process share. */
  readonly feed: EventFeed;
  readonly store: ProjectionStore;
  readonly pulse: ProcessorPulse;
  readonly handling: HandlerInvoker;
  readonly history: KnownHistory;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly head: LogHead;
  /** What process managers share; undefined if there are none. */
  readonly processes: ProcessEngine | undefined;
  /** The hook for failures of handlers. */
  readonly onError?: OnError | undefined;
  readonly observer: EventProcessorObserver;
  /** The last error of a handler in this process. */
  readonly lastError: () => LastErrorStatus | undefined;
}

/** Receives the progress and failures of processors. */
export interface EventProcessorObserver {
  /** The checkpoint has moved, or letters were parked or freed; `written` if something was committed. */
  moved(written: boolean): void;
  /** A handler has thrown. */
  failed(error: unknown, position: bigint | undefined): void;
  /** Something else has failed, usually the store. */
  troubled(error: unknown): void;
}
