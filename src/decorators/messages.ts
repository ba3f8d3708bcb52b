import {
  type AnySchema,
  aSchema,
  type ClassReference,
  type Codecs,
  EVENT_VERSIONS,
  type EventOptions,
  EventualityError,
  type IsAny,
  isName,
  listed,
  MESSAGE,
  NAMES,
  type OptionChecks,
  optionFaults,
  type PlainEvent,
  plainEvent,
  type Query as QueryOf,
  refusePlainEvent,
  type SchemaFault,
  type StepsFault,
  type StepsFrom,
  setMetadata,
  shownValue,
  someCodecs,
  versionFaults,
  type WrongFields,
  withMethods,
} from '../messages';

/** Thrown when a decorator has an invalid argument. */
export class InvalidDecoratorError extends EventualityError {
  readonly code = 'INVALID_DECORATOR';
}

/**
 * Refuses a value that is neither a class nor a definition: usually the undefined of two files that import each other.
 * @throws InvalidDecoratorError
 */
export function refuseNothing(decorator: string, value: unknown, wanted: string): void {
  if (typeof value === 'function' || (typeof value === 'object' && value !== null)) return;
  throw new InvalidDecoratorError(
    `@${decorator} received ${shownValue(value)}; pass ${wanted}. Two files that import each other can leave a class undefined.`,
  );
}

type NoCodecs = Readonly<Record<never, never>>;

type AnyDecorator = (type: ClassReference, context?: ClassDecoratorContext<any>) => void;
/** Decorates the class whose fields the schema takes. */
type MessageDecorator<Schema = any> = <T>(
  type: ClassReference<T> & SchemaFault<T, Schema>,
  context?: ClassDecoratorContext<any>,
) => void;
/** Decorates the class whose instances the codec handles, or whose fields the codecs do, and the schema. */
type EventDecorator<E, By, Schema> = <T extends E>(
  type: ClassReference<T> &
    (E extends T ? unknown : { 'the codec does not make instances of this class': E }) &
    (IsAny<E> extends true ? SchemaFault<T, Schema, By> : unknown) &
    ([WrongFields<T, By>] extends [never] ? unknown : { 'the codecs are not for these fields': WrongFields<T, By> }),
  context?: ClassDecoratorContext<any>,
) => void;

/**
 * Gives an event class a durable name and a version, or creates an event without a class, as a deeply frozen copy.
 * @throws InvalidDecoratorError, InvalidOptionsError, UnstorableValueError
 */
export function Event<Name extends string, Payload extends object>(
  event: PlainEvent<Name, Payload>,
): PlainEvent<Name, Payload>;
/**
 * Gives an event class a durable name, so that the class can be renamed, and a version of its payload's shape. Without
 * it the name is the class name and the version 1. A version above 1 needs a step from each earlier one.
 * @example @Event('todo.renamed', { version: 2, upcast: { 1: ({ name }) => ({ text: name }) } })
 */
export function Event<
  E extends object = any,
  const Version extends number = number,
  const By extends Codecs = NoCodecs,
  Schema extends AnySchema = AnySchema,
  From extends number = never,
>(
  name: string & StepsFault<Version, From>,
  options?: EventOptions<E, Version, Schema> & StepsFrom<From> & { readonly codecs?: By },
): EventDecorator<E, By, Schema>;
export function Event(nameOrEvent: string | PlainEvent, options: EventOptions = {}): AnyDecorator | PlainEvent {
  if (typeof nameOrEvent === 'object' && nameOrEvent !== null) {
    refusePlainEvent(nameOrEvent);
    return plainEvent(nameOrEvent);
  }
  return named('Event', nameOrEvent, options, EVENT_OPTIONS);
}

const EVENT_OPTIONS: OptionChecks<EventOptions> = {
  ...EVENT_VERSIONS,
  codec: withMethods(['encode', 'decode'], 'give a codec, { encode: event => data, decode: data => event }'),
  codecs: someCodecs,
};

/** Options of `@Command` and `@Query`. */
export interface MessageOptions<Schema extends AnySchema = AnySchema> {
  /** A schema of the message's fields: each message is validated before its handler is called. Default none. */
  readonly schema?: Schema;
}

const MESSAGE_OPTIONS: OptionChecks<MessageOptions> = { schema: aSchema };

/** Options of `@Command`. */
export interface CommandOptions<By extends Codecs = Codecs, Schema extends AnySchema = AnySchema>
  extends MessageOptions<Schema> {
  /** Codecs of fields, for a command that is stored until it is carried out: by a process, or with `schedule`. */
  readonly codecs?: By;
}

const COMMAND_OPTIONS: OptionChecks<CommandOptions> = { ...MESSAGE_OPTIONS, codecs: someCodecs };

/** Decorates the class whose fields the codecs convert, and the schema takes. */
type CommandDecorator<By, Schema> = <T>(
  type: ClassReference<T> &
    SchemaFault<T, Schema> &
    ([WrongFields<T, By>] extends [never] ? unknown : { 'the codecs are not for these fields': WrongFields<T, By> }),
  context?: ClassDecoratorContext<any>,
) => void;

/**
 * Gives a command class a durable name, and a schema; the default name is the class name.
 * @example @Command('todo.rename', { schema: z.object({ id: z.uuid(), text: z.string().min(1) }) })
 * @throws InvalidDecoratorError
 */
export const Command = <const By extends Codecs = NoCodecs, Schema extends AnySchema = AnySchema>(
  name: string,
  options?: CommandOptions<By, Schema>,
): CommandDecorator<By, Schema> => named('Command', name, options, COMMAND_OPTIONS) as CommandDecorator<By, Schema>;

/** The base class of queries, which is also the decorator that names them. */
type QueryBase = (abstract new <Result>() => QueryOf<Result>) &
  (<Schema extends AnySchema = AnySchema>(name: string, options?: MessageOptions<Schema>) => MessageDecorator<Schema>);

/**
 * The base of a query class. `Result` is what its handler returns and `flow.query(...)` resolves to. As a decorator it
 * gives the class a durable name, and a schema; the default name is the class name.
 * @example @Query('todos.open', { schema: z.object({ owner: z.uuid() }) }) class OpenTodos extends Query<TodoView[]> {}
 * @throws InvalidDecoratorError
 */
export const Query = function Query(name: string, options?: MessageOptions): AnyDecorator | undefined {
  return new.target ? undefined : named('Query', name, options, MESSAGE_OPTIONS);
} as QueryBase;
export type Query<Result> = QueryOf<Result>;

function named<Options extends object>(
  decorator: string,
  name: string,
  options: Options | undefined,
  checks: OptionChecks<Options>,
): AnyDecorator {
  if (!isName(name))
    throw new InvalidDecoratorError(`@${decorator} needs a durable name, ${NAMES}; it received ${shownValue(name)}.`);
  const faults = options === undefined ? [] : optionFaults(options, checks);
  if (faults.length === 0) faults.push(...versionFaults(options ?? {}));
  const { codec, codecs } = (options ?? {}) as EventOptions;
  if (codec && codecs) faults.push('codec and codecs are both given; one of them converts the event.');
  if (faults.length > 0) throw new InvalidDecoratorError(`@${decorator}('${name}') cannot be used: ${listed(faults)}`);
  return type => setMetadata(type, MESSAGE, { ...options, name });
}
