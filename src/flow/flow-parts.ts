import type { FlowCommandHandler } from '../commands';
import type { RetryRule } from '../concurrency';
import type { ClassReference, Clock, CommandOutcome, InheritedEntries, Logger, OnError } from '../messages';
import type { AggregateClass, AggregateDefinition } from '../model';
import type { EventProcessorDefinition } from '../processing';
import type { CacheOptions } from '../repository';
import type { EventStore, SnapshotStore } from '../store';
import type { CommandMiddleware } from './buses/command-bus';
import type { QueryHandlerFunction, QueryMiddleware } from './buses/query-bus';
import type { EventBus } from './events/event-bus';
import type { EventListeners } from './events/event-listener';

/** For how long the outcomes of commands with an id are kept, unless something else is said: seven days. */
export const COMMAND_RETENTION_MS = 7 * 24 * 60 * 60 * 1000;

/** A command handler, or one with a rule of its own for conflicts. */
export type GivenCommandHandler =
  | FlowCommandHandler
  | { readonly handle: FlowCommandHandler; readonly retry?: RetryRule | undefined };

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
  readonly commandHandlers?: Readonly<Record<string, GivenCommandHandler>>;
  /**
   * How a command is tried again when an aggregate had moved on; default 20 attempts, 5 to 200 ms apart. Handlers and
   * dispatch can say otherwise.
   */
  readonly retry?: RetryRule;
  /**
   * For how long the outcome of a command with an id is kept, in milliseconds; default seven days. The ids of its
   * events stay for ever.
   */
  readonly commandRetention?: number;
  /** Query handlers by the query's name. */
  readonly queryHandlers?: Readonly<Record<string, QueryHandlerFunction>>;
  /** Listeners by the event's name; they are subscribed to the event bus, which is made when there is none. */
  readonly listeners?: EventListeners;
  /** Projections and reactors, as `defineProjection` and `defineReactor` make them. */
  readonly processors?: readonly EventProcessorDefinition[];
  /**
   * Whether this process works on them; `false` leaves that to others, and only reads and waits. Inline ones are part
   * of each append. Default true.
   */
  readonly follow?: boolean;
  /**
   * The classes that the messages of their names are of, where handlers are given by name: an instance of another class
   * of such a name is refused. Those of aggregates and projections are known without it.
   */
  readonly messageClasses?: MessageClasses;
  /** Wraps every command; the first is the outermost. */
  readonly middleware?: readonly CommandMiddleware<CommandOutcome>[];
  /** Wraps every query; the first is the outermost. */
  readonly queryMiddleware?: readonly QueryMiddleware[];
  /**
   * Which of the callers' entries in the metadata of a message, such as `actor` or `tenant`, are inherited by the
   * commands that its handlers and listeners dispatch: all (`true`, the default), none, or those named. `inherit` says
   * it for one command.
   */
  readonly inheritMetadata?: InheritedEntries;
  /** Keeps the events of hot aggregates; default false. */
  readonly cache?: CacheOptions | false;
  /**
   * Keeps the snapshots of aggregates that want them; default the event store's own `snapshots`, `false` for none. It
   * is not closed.
   */
  readonly snapshotStore?: SnapshotStore | false;
  /** Default the clock of the machine. */
  readonly clock?: Clock;
  /** Makes the ids that `context.newId()` returns to command handlers; default a UUID v7. For tests. */
  readonly newId?: () => string;
  /** Default the console. */
  readonly logger?: Logger;
  /**
   * Called for each failure of the user's code that no caller gets to see, beside the logger: of a listener with what
   * this flow published, also where an `eventBus` is given, and of a projection or reactor when an event is parked or
   * its segment waits. The context says what failed. What it throws, or rejects with, is logged and harms nothing.
   */
  readonly onError?: OnError;
  /**
   * How long `close()` waits for the listeners of the event bus, in milliseconds; default 10,000, `Infinity` for ever.
   */
  readonly closeTimeout?: number;
  /**
   * Lets `flow.dispatch` and `flow.query` find the message whose handler calls them, by AsyncLocalStorage; default
   * false, because on Node 20 it slows every promise of the process. Without it handlers use their context, which costs
   * nothing.
   */
  readonly ambientCausation?: boolean;
}
