import type { ChangeSignal } from '../concurrency';
import type { Clock, Logger, OnError } from '../messages';
import type { EventStore, KnownHistory, ProjectionStore } from '../store';
import type { EventFeed } from './feed/event-feed';
import type { ProcessEngine } from './processes/work/engine';
import type { ProcessorPulse } from './pulse/processor-pulse';
import type { Membership } from './segments/segment-assignment';
import type { LogHead } from './status/log-head';
import type { ActiveVersions } from './versions/active-versions';

/** What all processors of a process share. */
export interface RunnerParts {
  readonly eventStore: EventStore;
  readonly feed: EventFeed;
  readonly store: ProjectionStore;
  readonly logger: Logger;
  readonly onError: OnError | undefined;
  readonly clock: Clock;
  readonly head: LogHead;
  /** What process managers share; undefined if there are none. */
  readonly processes: ProcessEngine | undefined;
  readonly changes: ChangeSignal;
  readonly membership: Membership;
  /** The repeated queries of all event processors of the process. */
  readonly pulse: ProcessorPulse;
  readonly history: KnownHistory;
  readonly active: ActiveVersions;
  /** Without it, this process only reads the status. */
  readonly follow: boolean;
  /** Called with the name of a projection when its documents have changed, or another version became active. */
  changed(name: string): void;
}
