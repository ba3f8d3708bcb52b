import type { ClassReference, Clock, CommandOutcome, InheritedEntries, Logger } from '../messages';
import type { AggregateClass, AggregateDefinition } from '../model';
import type { FollowerDefinition } from '../processing';
import type { CacheOptions } from '../repository';
import type { EventStore, SnapshotStore } from '../store';
import type { CommandMiddleware } from './command-bus';
import type { EventBus } from './event-bus';
import type { EventListeners } from './event-listener';
import type { FlowCommandHandler } from './function-command-handler';
import type { QueryHandlerFunction, QueryMiddleware } from './query-bus';

/** The classes that an application handles messages as. Names alone do not tell two classes of one name apart. */
export interface MessageClasses {
  readonly commands?: readonly ClassReference[];
  readonly queries?: readonly ClassReference[];
  readonly events?: readonly ClassReference[];
}

/** The parts a Flow is assembled from. */
export interface FlowParts {
  readonly eventStore: EventStore;
  /** Gets every recorded event; without one nobody is told. */
  readonly eventBus?: EventBus;
  /** Aggregates whose own command handlers are used: decorated classes or definitions. */
  readonly aggregates?: readonly (AggregateClass | AggregateDefinition)[];
  /** Command handlers by the command's name. */
  readonly commandHandlers?: Readonly<Record<string, FlowCommandHandler>>;
  /** Query handlers by the query's name. */
  readonly queryHandlers?: Readonly<Record<string, QueryHandlerFunction>>;
  /** Listeners by the event's name; they are subscribed to the event bus, which is made when there is none. */
  readonly listeners?: EventListeners;
  /** Projections and durable listeners, as `defineProjection` and `defineListener` make them. */
  readonly projections?: readonly FollowerDefinition[];
  /** Whether this process works on them; `false` leaves that to others, and only reads and waits. Inline ones are part of each append. Default true. */
  readonly follow?: boolean;
  /**
   * The classes that the messages of their names are of, where handlers are given by name: an instance of another class of such a name is
   * refused. Those of aggregates and projections are known without it.
   */
  readonly messageClasses?: MessageClasses;
  /** Wraps every command; the first is the outermost. */
  readonly middleware?: readonly CommandMiddleware<CommandOutcome>[];
  /** Wraps every query; the first is the outermost. */
  readonly queryMiddleware?: readonly QueryMiddleware[];
  /**
   * Which of the callers' entries in the metadata of a message, such as `actor` or `tenant`, are inherited by the commands that its handlers and
   * listeners dispatch: all (`true`, the default), none, or those named. `inherit` says it for one command.
   */
  readonly inheritMetadata?: InheritedEntries;
  /** Keeps the events of hot aggregates; default false. */
  readonly cache?: CacheOptions | false;
  /** Keeps the snapshots of aggregates that want them; default the event store's own `snapshots`, `false` for none. It is not closed. */
  readonly snapshotStore?: SnapshotStore | false;
  /** Default the clock of the machine. */
  readonly clock?: Clock;
  /** Default the console. */
  readonly logger?: Logger;
  /**
   * Lets `flow.dispatch` and `flow.query` find the message whose handler calls them, by AsyncLocalStorage; default false, because
   * on Node 20 it slows every promise of the process. Without it handlers use their context, which costs nothing.
   */
  readonly ambientCausation?: boolean;
}
