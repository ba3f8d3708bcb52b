import type { RetryRule } from '../../concurrency';
import type { ClassReference, Codecs, CurrentEvent, EventContext, RecordedEvent } from '../../messages';
import type { DocumentPage, DocumentQuery, DocumentValue, TransactionWork } from '../../store';
import type { FieldOf } from './view-checks';

/**
 * When a projection handles events: `async` after the append, by checkpoint; `inline` in the transaction of the append;
 * `live` at each read, without storing anything.
 */
export type ProjectionMode = 'async' | 'inline' | 'live';

/** The documents of a projection, for its handlers. Reads see earlier writes, also those on the same page of events. */
export interface Documents<View extends object = any> {
  /** Returns a document, frozen; undefined if there is none. */
  get(id: string): Promise<Readonly<View> | undefined>;
  /** Writes a whole document, replacing an earlier one. @throws InvalidOptionsError, UnstorableValueError */
  set(id: string, document: View): void;
  /** Changes a document with some of its fields, or with a function. Does nothing if there is no document. */
  update(id: string, change: Partial<View> | ((document: Readonly<View>) => View)): Promise<void>;
  delete(id: string): void;
}

/** The second parameter of the handlers of a projection. */
export interface ProjectionContext<View extends object = any> {
  /** The event with its envelope. */
  readonly event: RecordedEvent;
  readonly documents: Documents<View>;
  /** True if the event is older than the first version of the projection, and is handled while a version fills. */
  readonly replaying: boolean;
  /** Aborted when the process has lost the segment or closes. Code that waits should stop waiting. */
  readonly signal: AbortSignal;
  /**
   * Runs your own SQL in the transaction that writes the documents and moves the checkpoint, after the handlers of the
   * page, in order. On SQLite `work` must be synchronous.
   */
  inTransaction(work: TransactionWork): void;
}

/**
 * The second parameter of the handlers of a reactor, which have effects and may dispatch.
 *
 * A handler may run again for the same event. A command that it dispatches again is recognized by its content and not
 * carried out twice. So the content of commands must depend only on the event, `now` and `newId()`; otherwise set a
 * `commandId`.
 */
export interface ReactorContext extends EventContext {
  readonly replaying: boolean;
  readonly signal: AbortSignal;
  /** When the event was recorded: the same in each run of the handler. */
  readonly now: Date;
  /** Returns a UUID; the same ids in the same order in each run of the handler. */
  newId(): string;
}

/** Your own rule for which events belong together, and its name. */
export interface SequenceRule {
  /**
   * Names what `of` returns, such as `customer`. It is stored, to detect whether other code assigns events to segments
   * in the same way. Change it whenever `of` returns something else.
   */
  readonly key: string;
  /** Returns the sequence of an event, text of 1 to 255 characters; always the same for the same event. */
  of(event: RecordedEvent<any>): string;
}

/** Options of projections and reactors. */
export interface EventProcessorOptions {
  /**
   * The number of segments, 1 to 256, which processes share; default 1. Changing it rebuilds a projection, and hands
   * over a reactor.
   */
  readonly segments?: number;
  /**
   * Which events must be handled in order and are parked together; default those of one aggregate. `'all'` for all
   * events, or your own rule, such as `{ key: 'customer', of: event => event.payload.customer }`. Changing it rebuilds
   * a projection.
   */
  readonly sequenceBy?: 'aggregate' | 'all' | SequenceRule;
  /** How a failing handler is retried before its sequence is parked; default 5 attempts, 50 to 5,000 ms apart. */
  readonly retry?: RetryRule;
  /**
   * What happens after the last attempt: `park` (default) puts the sequence aside and continues with others; `stop`
   * stops the segment until `restart()`.
   */
  readonly onError?: 'park' | 'stop';
  /**
   * `skip` leaves out events that are older than the first version, so that effects do not repeat. Default `run` for
   * projections, `skip` for reactors.
   */
  readonly replay?: 'run' | 'skip';
}

/** Options of `@Projection` and `defineProjection`. */
export interface ProjectionOptions<Index extends string = string> extends EventProcessorOptions {
  readonly mode?: ProjectionMode;
  /**
   * The version of what the handlers make of events, from 1; default 1. A new version is filled beside the old one and
   * then replaces it.
   */
  readonly version?: number;
  /** The top-level fields by which documents can be queried, eight at most. */
  readonly indexes?: readonly Index[];
  /**
   * Codecs of top-level fields of the documents whose values JSON cannot carry: handlers and readers get the values,
   * the encoded ones are stored, and are what queries compare. Changing them needs another `version`.
   */
  readonly codecs?: Codecs;
}

export type ProjectionHandler = (event: any, context: any) => unknown;

/** The handlers of one event: the normal one, and optionally one for replays. */
export interface EventProcessorHandler {
  readonly handle: ProjectionHandler;
  /** From `@ReplayHandler`: called instead of `handle` for events that are replayed. */
  readonly replay?: ProjectionHandler;
  /** The event's class, if it is handled by class. */
  readonly type?: ClassReference;
  /**
   * Returns the argument of the handlers: an instance of the event class, or the payload.
   * @throws MessageClassMismatchError
   */
  revive(event: CurrentEvent): object;
}

/**
 * A projection or a reactor as plain data and functions: all that the engine knows. Decorated classes compile to it.
 */
export interface EventProcessorDefinition {
  readonly kind: 'projection' | 'reactor' | 'process';
  /** Durable: the checkpoint and the documents are stored under it. */
  readonly name: string;
  readonly options: ProjectionOptions;
  /** By the event's name. */
  readonly handlers: ReadonlyMap<string, EventProcessorHandler>;
}

/** A projection with the type of its documents. */
export interface ProjectionDefinition<View extends object = any, Index extends string = FieldOf<View>>
  extends EventProcessorDefinition {
  readonly kind: 'projection';
  /** Carries the type of the documents; it does not exist at run time. */
  readonly view?: View;
  /** Carries the names of the indexes; it does not exist at run time. */
  readonly index?: Index;
}

/**
 * The type of a projection's documents: that of a definition, or of the `ProjectionContext<View>` in the handlers of a
 * class.
 */
export type ViewOf<P> =
  P extends ProjectionDefinition<infer View, any> ? View : [HandledView<P>] extends [never] ? any : HandledView<P>;
type HandledView<P> = {
  [Key in keyof P]: P[Key] extends (event: any, context: infer Context) => unknown
    ? unknown extends Context
      ? never
      : Context extends ProjectionContext<infer View>
        ? View
        : never
    : never;
}[keyof P];

/** A query for typed documents, by the fields that are indexes, if their names are known: see {@link DocumentQuery}. */
export interface ReadModelQuery<View extends object = any, Index extends string = FieldOf<View>>
  extends Pick<DocumentQuery, 'limit' | 'after'> {
  readonly where?: {
    readonly [Field in keyof View & Index]?:
      | Extract<View[Field], DocumentValue>
      | null
      | readonly (Extract<View[Field], DocumentValue> | null)[];
  };
  readonly orderBy?: (keyof View & Index) | { readonly field: keyof View & Index; readonly direction: 'asc' | 'desc' };
}

/** The documents of a projection, for readers; always those of the active version. */
export interface ReadModel<View extends object = any, Index extends string = FieldOf<View>> {
  readonly name: string;
  get(id: string): Promise<Readonly<View> | undefined>;
  /** Returns the documents with these ids, by id; missing ones are left out. */
  getMany(ids: readonly string[]): Promise<ReadonlyMap<string, Readonly<View>>>;
  /** Returns a page of documents, sorted. @throws InvalidDocumentQueryError */
  find(query?: ReadModelQuery<View, Index>): Promise<ReadModelPage<View>>;
  /** Returns the first document of a query. */
  first(query?: ReadModelQuery<View, Index>): Promise<Readonly<View> | undefined>;
  /** Yields all documents of a query, page by page. */
  all(query?: ReadModelQuery<View, Index>): AsyncIterable<Readonly<View>>;
}

/** A page of documents; `cursor` is the `after` of the next page. */
export interface ReadModelPage<View extends object> extends Pick<DocumentPage, 'cursor'> {
  readonly items: readonly Readonly<View>[];
}
