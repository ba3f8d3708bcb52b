import {
  aFunction,
  aValidation,
  type ClassReference,
  type InheritedEntries,
  type MessageCause,
  metadataEntries,
  type QueryContext,
  type ResultOf,
  refuseArguments,
  type StandardSchemaV1,
  type Validation,
} from '../../messages';
import { DuplicateHandlerError, NoFlowError, UnknownQueryError } from '../errors';
import { entriesOf, type Surroundings } from '../surroundings';
import { refuseParts } from './argument-checks';
import { checkedMiddleware, compose, type Middleware } from './middleware';
import { Routes } from './routes';
import { SentQuery } from './sent-query';

/** A query with its envelope, as middleware sees it. */
export interface QueryMessage<Q extends object = any> {
  readonly name: string;
  readonly query: Q;
  /** The message whose handler sent the query. */
  readonly cause: MessageCause | undefined;
  /** What the handler has as `context.metadata`. */
  readonly metadata: QueryContext['metadata'];
}

/** Answers a query. */
export type QueryHandlerFunction<Q extends object = any> = (
  query: Q,
  context: QueryContext,
) => ResultOf<Q> | Promise<ResultOf<Q>>;

/** Wraps the handling of queries. */
export type QueryMiddleware = Middleware<QueryMessage, unknown>;

/**
 * Passes each query to its one handler, through middleware.
 * @example bus.register(OpenTodos, () => list.open()); const open = await bus.query(new OpenTodos());
 */
export class QueryBus {
  readonly #routes: Routes<QueryHandlerFunction>;
  readonly #middleware: QueryMiddleware[] = [];
  readonly #contextOf: (message: QueryMessage) => QueryContext;
  #send: (message: QueryMessage) => Promise<unknown> = message => this.#handle(message);

  /**
   * @param contextOf creates the second parameter of handlers; set by a Flow, not needed for a bus used alone
   * @param validate when queries are validated by their schemas; default `'always'`
   * @param surroundings where the metadata of queries come from; set by a Flow
   * @throws InvalidConfigurationError
   */
  constructor(
    contextOf?: (message: QueryMessage) => QueryContext,
    validate: Validation = 'always',
    private readonly surroundings: {
      readonly metadata?: Surroundings;
      readonly inheritMetadata?: InheritedEntries;
    } = {},
  ) {
    if (contextOf !== undefined) refuseParts('The query bus', { contextOf: [contextOf, aFunction] });
    refuseParts('The query bus', { validate: [validate, aValidation] });
    this.#routes = new Routes('query', validate);
    this.#contextOf =
      contextOf ??
      (message => ({
        queryName: message.name,
        metadata: message.metadata,
        dispatch: () => Promise.reject(new NoFlowError()),
        query: query => this.query(query),
      }));
  }

  /** The names of the queries that have a handler. */
  get names(): Iterable<string> {
    return this.#routes.names;
  }

  /**
   * Registers the handler of a query, by its class or name, and the schema of a query without a class.
   * @throws InvalidConfigurationError, DuplicateHandlerError
   */
  register<Q extends object>(
    query: ClassReference<Q> | string,
    handler: QueryHandlerFunction<Q>,
    schema?: StandardSchemaV1,
  ): void {
    if (!this.#routes.add(query, handler, schema))
      throw new DuplicateHandlerError([typeof query === 'string' ? query : query.name]);
  }

  /**
   * Sets the class of the queries with its name: an instance of another class is refused. Not needed for a query that
   * is registered by class.
   * @throws InvalidConfigurationError
   */
  expect(type: ClassReference): void {
    this.#routes.expect(type);
  }

  /** Adds middleware; the first added is the outermost. @throws InvalidConfigurationError */
  use(middleware: QueryMiddleware): void {
    this.#middleware.push(checkedMiddleware(middleware));
    this.#send = compose(this.#middleware, message => this.#handle(message));
  }

  /**
   * Resolves to the result of the query's handler. @throws UnknownQueryError, UnnamedMessageError,
   * MessageClassMismatchError, InvalidMessageError, InvalidOptionsError for metadata of the surroundings
   */
  async query<Q extends object>(query: Q, cause?: MessageCause): Promise<ResultOf<Q>> {
    const [name, content] = [this.#routes.nameOf(query), this.#routes.contentOf(query)];
    const { metadata, inheritMetadata = true } = this.surroundings;
    const entries = cause ? undefined : entriesOf(metadata);
    if (entries !== undefined) refuseArguments('query', { metadata: [entries, metadataEntries] });
    return this.#send(new SentQuery(name, content, cause, entries, inheritMetadata)) as Promise<ResultOf<Q>>;
  }

  async #handle(message: QueryMessage): Promise<unknown> {
    const handler = this.#routes.named(message.name);
    if (!handler) throw new UnknownQueryError(message.name, this.names);
    this.#routes.validate(message.name, message.query);
    return handler(message.query, this.#contextOf(message));
  }
}
