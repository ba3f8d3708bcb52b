import type { FlowCommandHandler } from '../commands';
import type { RetryRule } from '../concurrency';
import type {
  ClassReference,
  Clock,
  CommandOutcome,
  DispatchOptions,
  EventReference,
  InheritedEntries,
  Logger,
  OnError,
  StandardSchemaV1,
  Upcaster,
  Validation,
} from '../messages';
import type { AggregateClass, AggregateDefinition } from '../model';
import type { EventProcessorDefinition } from '../processing';
import type { CacheOptions } from '../repository';
import type { EventStore, SnapshotStore } from '../store';
import type { CommandMiddleware } from './buses/command-bus';
import type { QueryHandlerFunction, QueryMiddleware } from './buses/query-bus';
import type { EventBus } from './events/event-bus';
import type { EventListeners } from './events/event-listener';

/** How long the outcomes of commands with an id are kept by default, in milliseconds: seven days. */
export const COMMAND_RETENTION_MS = 7 * 24 * 60 * 60 * 1000;

/** A command handler, or one with its own retry rule. */
export type GivenCommandHandler =
  | FlowCommandHandler
  | {
      readonly handle: FlowCommandHandler;
      readonly retry?: RetryRule | undefined;
      /** The schema of a command without a class: see `@Command`. */
      readonly schema?: StandardSchemaV1<any, any> | undefined;
    };

/** A query handler, or one with the schema of a query without a class: see `@Query`. */
export type GivenQueryHandler =
  | QueryHandlerFunction
  | { readonly handle: QueryHandlerFunction; readonly schema?: StandardSchemaV1<any, any> };

/**
 * The classes of the messages that an application handles. Names alone do not distinguish two classes with the same
 * name.
 */
export interface MessageClasses {
  readonly commands?: readonly ClassReference[];
  readonly queries?: readonly ClassReference[];
  readonly events?: readonly ClassReference[];
}

/** The parts of a Flow. */
export interface FlowParts {
  readonly eventStore: EventStore;
  /** Receives every recorded event; without it there are no listeners. */
  readonly eventBus?: EventBus;
  /** Aggregates whose own command handlers are used: decorated classes or definitions. */
  readonly aggregates?: readonly (AggregateClass | AggregateDefinition)[];
  /** Command handlers by the command's name. */
  readonly commandHandlers?: Readonly<Record<string, GivenCommandHandler>>;
  /**
   * How a command is retried after a conflict; default 20 attempts, 5 to 200 ms apart. Handlers and `dispatch` can
   * override it.
   */
  readonly retry?: RetryRule;
  /**
   * How long the outcome of a command with an id is kept, in milliseconds; default seven days. The ids of its events
   * are kept forever.
   */
  readonly commandRetention?: number;
  /** Query handlers by the query's name. */
  readonly queryHandlers?: Readonly<Record<string, GivenQueryHandler>>;
  /** Listeners by the event's name. They are subscribed to the event bus, which is created if there is none. */
  readonly listeners?: EventListeners;
  /** Projections and reactors, from `defineProjection` and `defineReactor`. */
  readonly processors?: readonly EventProcessorDefinition[];
  /**
   * Whether this process runs the projections and reactors; with `false` it only reads and waits, and other processes
   * run them. Inline projections are always part of each append. With `'later'` they start when
   * `flow.processors.ready()` is called, for handlers that are created after the flow. Default true.
   */
  readonly follow?: boolean | 'later';
  /**
   * Events whose handlers are given by name: from `defineEvent`, and classes. Their stored versions become the current
   * one. Those of aggregates and processors by class are known anyway.
   */
  readonly events?: readonly EventReference[];
  /** What renames, splits or drops stored events: from `upcaster`, and classes with methods with `@Upcaster`. */
  readonly upcasters?: readonly (Upcaster | ClassReference)[];
  /**
   * The classes of messages whose handlers are given by name: an instance of another class with the same name is
   * refused. Those of aggregates and projections are known anyway.
   */
  readonly messageClasses?: MessageClasses;
  /**
   * When commands, queries and events are validated by their schemas: `'always'` (the default) or `'never'`, to measure
   * what it costs. An aggregate made with `new` always validates what it applies.
   */
  readonly validate?: Validation;
  /** Wraps every command; the first is the outermost. */
  readonly middleware?: readonly CommandMiddleware<CommandOutcome>[];
  /** Wraps every query; the first is the outermost. */
  readonly queryMiddleware?: readonly QueryMiddleware[];
  /**
   * Which metadata entries of a message, such as `actor` or `tenant`, the commands inherit that its handlers and
   * listeners dispatch: all (`true`, the default), none (`false`), or those named. `inherit` overrides it for one
   * command.
   */
  readonly inheritMetadata?: InheritedEntries;
  /**
   * Called for each command that is dispatched or scheduled, and each query that is sent, from outside of handlers;
   * returns entries for its metadata, such as the `actor` of the current request. The command's own `metadata` override
   * them. Default none.
   */
  readonly metadata?: () => DispatchOptions['metadata'];
  /** Keeps the events of recently used aggregates in memory; default false. */
  readonly cache?: CacheOptions | false;
  /**
   * Stores the snapshots of aggregates; default the event store's own `snapshots`, `false` for none. The flow does not
   * close it.
   */
  readonly snapshotStore?: SnapshotStore | false;
  /**
   * Whether this flow carries out scheduled and recurring commands, and `schedule`, `unschedule` and `recurring` can be
   * called; default false. Set it in every process of the application, so that each of them can take over.
   */
  readonly scheduling?: boolean;
  /** Default the system clock. */
  readonly clock?: Clock;
  /** Creates the ids that `context.newId()` returns to command handlers; default a UUID v7. For tests. */
  readonly newId?: () => string;
  /** Default the console. */
  readonly logger?: Logger;
  /**
   * Called for each failure that no caller sees, in addition to the logger: of a listener that received an event of
   * this flow, also with an `eventBus` of your own, of a projection or reactor when an event is parked or its segment
   * waits, of a snapshot, of the claim of a command, and of a `dispose()`. The context says what failed. An error that
   * the hook throws or rejects with is logged and has no other effect.
   */
  readonly onError?: OnError;
  /**
   * How long `close()` waits for the listeners of the event bus, in milliseconds; default 10,000, `Infinity` for no
   * limit.
   */
  readonly closeTimeout?: number;
  /**
   * Lets `flow.dispatch` and `flow.query` find the message whose handler calls them, with AsyncLocalStorage; default
   * false, because on Node 20 it slows down every promise of the process. Without it handlers use their context, at no
   * cost.
   */
  readonly ambientCausation?: boolean;
}
