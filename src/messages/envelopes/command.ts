import type { RetryRule } from '../../concurrency';
import { newId } from '../ids';
import type { ClassReference } from '../names/class-metadata';
import { sealPayload, takeAsSealed } from '../sealing/payload';
import { type InheritedEntries, inheritedEntries } from './inherited-metadata';
import type { EventMetadata, RecordedEvent } from './recorded-event';

/** A command or query without a class: its name and its data. */
export interface PlainMessage<Data extends object = any> {
  readonly name: string;
  readonly message: Data;
}

/** What a caller may say about a command. */
export interface DispatchOptions {
  /**
   * Identifies the command; default a new UUID v7. A command that is repeated with its id, by whatever process, takes
   * effect once and resolves to the first outcome; one of another name or content rejects with CommandIdReusedError. 1
   * to 255 characters.
   */
  readonly commandId?: string;
  /**
   * Entries for the metadata of every event, such as `{ actor: 'ann' }`; they go before those that are inherited. A
   * `correlationId` given here is kept; `causationId`, `commandName` and `commandCausationId` are the framework's,
   * whatever is given.
   */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /**
   * Which of the callers' entries in the metadata of the message being handled the command inherits: all (`true`),
   * none, or those named. Default what the flow says, `inheritMetadata`: all.
   */
  readonly inherit?: InheritedEntries;
  /** The version the caller decided on: any other version rejects with ConcurrencyError, and nothing is tried again. */
  readonly expectedVersion?: number;
  /**
   * How the command is tried again when a stream had moved on; default what its handler says, else 20 attempts, 5 to
   * 200 ms apart.
   */
  readonly retry?: RetryRule;
  /** Rejects the command with the signal's reason as long as nothing has been appended, wherever it waits. */
  readonly signal?: AbortSignal;
  /**
   * Resolves when these projections are done with the command's events, too, so that reads see them; classes,
   * definitions or names.
   */
  readonly waitFor?: readonly ProjectionReference[];
  /**
   * For how long to wait for them, in milliseconds; default 5,000. Then it rejects with WaitTimeoutError, which has the
   * outcome.
   */
  readonly waitTimeout?: number;
}

/** A projection or reactor: its class, its definition, or its name. */
export type ProjectionReference = string | ClassReference | { readonly name: string };

/**
 * What became of a command. `JSON.stringify` writes its positions, and those of its events, as decimal text; of a copy,
 * `jsonOf(copy)` does.
 */
export interface CommandOutcome {
  /** What happened; empty when the command failed. */
  readonly events: readonly RecordedEvent[];
  /** True when there is at least one event. */
  readonly succeeded: boolean;
  /** The aggregate the command went to; where it changed several, the first of them. */
  readonly aggregateId: string;
  /** That aggregate's version after the command. */
  readonly version: number;
  /** The position of the last event; undefined when there is none. */
  readonly position: bigint | undefined;
}

/** The message that led to another one. */
export interface MessageCause {
  readonly id: string;
  readonly correlationId: string;
  /** Its metadata: what it leads to inherits the callers' entries. */
  readonly metadata: EventMetadata;
}

/** Remembers what the handler of a command has dispatched: see `DispatchedCommands`. */
export interface Dispatches {
  again(): void;
  dispatch(
    command: object,
    causeId: string | undefined,
    send: (commandId: string | undefined) => Promise<CommandOutcome>,
  ): Promise<CommandOutcome>;
}

/** A command on its way, as middleware and handlers see it. */
export class CommandMessage<Command extends object = any> implements MessageCause {
  #id: string | undefined;
  #metadata: EventMetadata | undefined;
  /** Its handler changes nothing before it has returned, and can be run again. @internal */
  restartable = false;
  /** The claim under which it is carried out, where it has an id; `recorded` once its outcome is. @internal */
  claim: { readonly id: string; readonly token: string; recorded: boolean } | undefined;
  /** What its handler has dispatched. @internal */
  dispatched: Dispatches | undefined;

  constructor(
    /** The durable name. */
    readonly name: string,
    /** The instance of the command class, or the plain message's data. */
    readonly command: Command,
    readonly options: DispatchOptions,
    /** What led to this command: the event or the command whose handler dispatched it. */
    readonly cause?: MessageCause,
    /** The commands that wait for this one, the nearest first. */
    readonly parent?: CommandMessage,
    private readonly inherit: InheritedEntries = true,
  ) {}

  get id(): string {
    this.#id ??= this.options.commandId ?? newId();
    return this.#id;
  }

  get correlationId(): string {
    return this.metadata.correlationId;
  }

  /** The metadata that every event of this command gets. */
  get metadata(): EventMetadata {
    this.#metadata ??= this.#completeMetadata();
    return this.#metadata;
  }

  #completeMetadata(): EventMetadata {
    const { cause, id, name, options } = this;
    const correlationId = (options.metadata?.correlationId ?? cause?.correlationId ?? id) as string;
    if (!options.metadata && !cause && options.commandId === undefined)
      return takeAsSealed({ correlationId, causationId: id, commandName: name });
    const inherited = cause && inheritedEntries(cause.metadata, options.inherit ?? this.inherit);
    const own = { correlationId, causationId: id, commandName: name, commandCausationId: cause?.id };
    return sealPayload({ ...inherited, ...options.metadata, ...own }, 'metadata') as EventMetadata;
  }
}

/** Tells whether a value is a plain `{ name, message }` object. */
export function isPlainMessage(value: object): value is PlainMessage {
  if (!('name' in value && 'message' in value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype.constructor?.name === 'Object';
}
