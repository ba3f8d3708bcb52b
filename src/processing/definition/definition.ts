import type { RetryRule } from '../../concurrency';
import type { ClassReference, EventContext, RecordedEvent } from '../../messages';
import type { DocumentPage, DocumentQuery, DocumentValue, TransactionWork } from '../../store';
import type { FieldOf } from './view-checks';

/**
 * When a projection follows: `async` behind the append, by checkpoint; `inline` in the transaction of the append;
 * `live` when it is asked, with nothing stored.
 */
export type ProjectionMode = 'async' | 'inline' | 'live';

/** What the handlers of a projection write to. Reads see what was written before them, in the same page too. */
export interface Documents<View extends object = any> {
  /** Returns a document, frozen; undefined when there is none. */
  get(id: string): Promise<Readonly<View> | undefined>;
  /** Writes a whole document, in place of an earlier one. */
  set(id: string, document: View): void;
  /** Changes a document: by a part of it, or by a function of it. Nothing happens when there is none. */
  update(id: string, change: Partial<View> | ((document: Readonly<View>) => View)): Promise<void>;
  delete(id: string): void;
}

/** What the handlers of a projection get as their second parameter. */
export interface ProjectionContext<View extends object = any> {
  /** The event with its envelope. */
  readonly event: RecordedEvent;
  readonly documents: Documents<View>;
  /** The event is older than the version of the projection: it is handled while a version fills for the first time. */
  readonly replaying: boolean;
  /** Ends when the process has lost the segment, or closes: what waits for something should stop waiting. */
  readonly signal: AbortSignal;
  /**
   * Runs SQL of one's own in the transaction that writes the documents and moves the checkpoint, after the handlers of
   * the page, in order. On SQLite `work` must be synchronous.
   */
  inTransaction(work: TransactionWork): void;
}

/**
 * What a reactor gets as its second parameter: it has effects, and may dispatch.
 *
 * Its handler may run again for the same event. A command that it dispatches then is known again by what it is, and is
 * not carried out twice: so the content of commands must follow from the event, from `now` and from `newId()`; where it
 * cannot, give a `commandId`.
 */
export interface ReactorContext extends EventContext {
  readonly replaying: boolean;
  readonly signal: AbortSignal;
  /** When the event was recorded: the same each time the handler runs. */
  readonly now: Date;
  /** Returns a UUID, the same ones in the same order each time the handler runs. */
  newId(): string;
}

/** A rule of one's own for which events belong together, and its name. */
export interface SequenceRule {
  /**
   * Names what `of` returns, such as `customer`: it is stored, and says whether other code assigns events to segments
   * in the same way. Change it whenever `of` returns something else.
   */
  readonly key: string;
  /**
   * Returns the sequence that an event belongs to, a text of 1 to 255 characters: always the same for the same event.
   */
  of(event: RecordedEvent<any>): string;
}

/** What projections and reactors can be told. */
export interface EventProcessorOptions {
  /**
   * Into how many segments it is split, 1 to 256; default 1. Processes share them. With another number a projection
   * fills anew, and a reactor goes on where each of its segments was.
   */
  readonly segments?: number;
  /**
   * Which events must be handled in order, and are parked together: default those of one aggregate. `'all'` for all of
   * them; or a rule of one's own, such as `{ key: 'customer', of: event => event.payload.customer }`. With another one
   * a projection fills anew.
   */
  readonly sequenceBy?: 'aggregate' | 'all' | SequenceRule;
  /**
   * How a handler that throws is called again, before its sequence is parked; default 5 attempts, 50 to 5,000 ms apart.
   */
  readonly retry?: RetryRule;
  /**
   * After the last try: `park` puts the sequence aside and goes on (default); `stop` waits where it is, until a caller
   * restarts it.
   */
  readonly onError?: 'park' | 'stop';
  /**
   * `skip` leaves out events that are older than the version: effects do not happen again. Default `run` for
   * projections, `skip` for reactors.
   */
  readonly replay?: 'run' | 'skip';
}

/** What `@Projection` and `defineProjection` can be told. */
export interface ProjectionOptions<Index extends string = string> extends EventProcessorOptions {
  readonly mode?: ProjectionMode;
  /**
   * The version of what the handlers make of events, from 1; default 1. Another one is filled beside the old, and then
   * takes its place.
   */
  readonly version?: number;
  /** The top-level fields by which documents are found, eight at most. */
  readonly indexes?: readonly Index[];
}

export type ProjectionHandler = (event: any, context: any) => unknown;

/** The handlers of one event: the one that is called for news, and the one for replays, where there is another. */
export interface EventProcessorHandler {
  readonly handle: ProjectionHandler;
  /** From `@ReplayHandler`: called instead of `handle` for events that are replayed. */
  readonly replay?: ProjectionHandler;
  /** The event's class, where it is handled by class. */
  readonly type?: ClassReference;
  /**
   * Returns what the handlers are called with: an instance of the event class, or the payload. @throws NewerEventError,
   * MessageClassMismatchError
   */
  revive(event: RecordedEvent): object;
}

/** A projection or a reactor as plain data and functions: all that the engine knows; decorators make one of a class. */
export interface EventProcessorDefinition {
  readonly kind: 'projection' | 'reactor';
  /** Durable: names checkpoint and documents. */
  readonly name: string;
  readonly options: ProjectionOptions;
  /** By the event's name. */
  readonly handlers: ReadonlyMap<string, EventProcessorHandler>;
}

/** A projection whose documents are of a type. */
export interface ProjectionDefinition<View extends object = any, Index extends string = FieldOf<View>>
  extends EventProcessorDefinition {
  readonly kind: 'projection';
  /** Carries the type of the documents; it does not exist at run time. */
  readonly view?: View;
  /** Carries the names of the indexes; it does not exist at run time. */
  readonly index?: Index;
}

/**
 * The type of a projection's documents: of a definition, or of a class by the `ProjectionContext<View>` of its
 * handlers.
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

/**
 * A query over documents of a type, by the fields that are indexes, where their names are known: see
 * {@link DocumentQuery}.
 */
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

/** The documents of a projection, for readers: always those of the version that is active. */
export interface ReadModel<View extends object = any, Index extends string = FieldOf<View>> {
  readonly name: string;
  get(id: string): Promise<Readonly<View> | undefined>;
  /** Returns the documents with these ids, by id; those that are not there are left out. */
  getMany(ids: readonly string[]): Promise<ReadonlyMap<string, Readonly<View>>>;
  /** Returns a page of documents, in order. @throws InvalidDocumentQueryError */
  find(query?: ReadModelQuery<View, Index>): Promise<ReadModelPage<View>>;
  /** Returns the first document that a query finds. */
  first(query?: ReadModelQuery<View, Index>): Promise<Readonly<View> | undefined>;
  /** Goes through all that a query finds, page by page. */
  all(query?: ReadModelQuery<View, Index>): AsyncIterable<Readonly<View>>;
}

/** A page of documents; `cursor` is the `after` of the next. */
export interface ReadModelPage<View extends object> extends Pick<DocumentPage, 'cursor'> {
  readonly items: readonly Readonly<View>[];
}
