import type { ModuleClass } from '../decorators';
import type { FlowParts } from '../flow';
import type { EventReference } from '../messages';
import type { AggregateClass, AggregateDefinition } from '../model';
import type { EventStore } from '../store';

/** The default export of `eventuality.config.ts`: what the command line `eventuality` knows of an application. */
export interface EventualityConfig {
  /** The module that is passed to `bootstrap`; nothing of it is created. */
  readonly module?: ModuleClass;
  /** Aggregates of a `Flow` without modules. */
  readonly aggregates?: readonly (AggregateClass | AggregateDefinition)[];
  /** Events that no component handles by class, as in the option `events` of `Flow`. */
  readonly events?: readonly EventReference[];
  /** What renames, splits or drops stored events, as in the option `upcasters` of `Flow`. */
  readonly upcasters?: FlowParts['upcasters'];
  /**
   * Invented events of today, which stand for the shape of events without a schema. Several of one event show which of
   * its fields are optional. Default none.
   */
  readonly samples?: readonly object[];
  /** Opens the store, for `--store`. The command line closes it. */
  readonly eventStore?: () => EventStore | Promise<EventStore>;
  /** The lock file, relative to the config; default `eventuality.events.json`. */
  readonly lock?: string;
}
