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

/** Options of `dispatch`. */
export interface DispatchOptions {
  /**
   * Identifies the command, 1 to 255 characters; default a new UUID v7. A command that is repeated with its id takes
   * effect once, whichever process repeats it, and resolves to the first outcome. A command with another name or
   * content rejects with CommandIdReusedError.
   */
  readonly commandId?: string;
  /**
   * Entries for the metadata of every event, such as `{ actor: 'ann' }`; they override inherited entries. A
   * `correlationId` is kept. The framework always sets `causationId`, `commandName` and `commandCausationId` itself.
   */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /**
   * Which metadata entries of the message being handled the command inherits: all (`true`), none (`false`), or those
   * named. Default: `inheritMetadata` of the flow.
   */
  readonly inherit?: InheritedEntries;
  /**
   * The version that the caller's decision is based on. Any other version rejects with ConcurrencyError, without a
   * retry.
   */
  readonly expectedVersion?: number;
  /**
   * How the command is retried after a conflict; default the rule of its handler, else 20 attempts, 5 to 200 ms apart.
   */
  readonly retry?: RetryRule;
  /** Rejects the command with the signal's reason, wherever it waits, as long as nothing has been appended. */
  readonly signal?: AbortSignal;
  /**
   * Projections to wait for: `dispatch` resolves when they have handled the command's events, so that reads see them.
   * Classes, definitions or names.
   */
  readonly waitFor?: readonly ProjectionReference[];
  /**
   * How long to wait for them, in milliseconds; default 5,000. Then `dispatch` rejects with WaitTimeoutError, which
   * contains the outcome.
   */
  readonly waitTimeout?: number;
}

/** A projection or reactor: its class, its definition, or its name. */
export type ProjectionReference = string | ClassReference | { readonly name: string };

/**
 * The outcome of a command. `JSON.stringify` writes its positions, and those of its events, as decimal text; for a copy
 * of it use `jsonOf(copy)`.
 */
export interface CommandOutcome {
  /** The recorded events; empty when the command failed. */
  readonly events: readonly RecordedEvent[];
  /** True when there is at least one event. */
  readonly succeeded: boolean;
  /** The aggregate of the command; of several, the first that was changed. */
  readonly aggregateId: string;
  /** That aggregate's version after the command. */
  readonly version: number;
  /** The position of the last event; undefined when there is none. */
  readonly position: bigint | undefined;
}

/** The message that caused another one. */
export interface MessageCause {
  readonly id: string;
  readonly correlationId: string;
  /** Its metadata; the messages that it causes inherit the callers' entries. */
  readonly metadata: EventMetadata;
}

/** Remembers the commands that the handler of a command has dispatched: see `DispatchedCommands`. */
export interface Dispatches {
  again(): void;
  dispatch(
    command: object,
    causeId: string | undefined,
    send: (commandId: string | undefined) => Promise<CommandOutcome>,
  ): Promise<CommandOutcome>;
}

/** A command with its envelope, as middleware and handlers see it. */
export class CommandMessage<Command extends object = any> implements MessageCause {
  #id: string | undefined;
  #metadata: EventMetadata | undefined;
  /** Its handler changes nothing before it has returned, and can run again. @internal */
  restartable = false;
  /** The claim under which it is carried out, if it has an id; `recorded` once its outcome is. @internal */
  claim: { readonly id: string; readonly token: string; recorded: boolean } | undefined;
  /** The commands that its handler has dispatched. @internal */
  dispatched: Dispatches | undefined;

  constructor(
    /** The durable name. */
    readonly name: string,
    /** The instance of the command class, or the plain message's data. */
    readonly command: Command,
    readonly options: DispatchOptions,
    /** The message that caused this command: the event or the command whose handler dispatched it. */
    readonly cause?: MessageCause,
    /** The command whose handler waits for this one, if any. */
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

  /** The metadata of every event of this command. */
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
    const own: object = { correlationId, causationId: id, commandName: name, commandCausationId: cause?.id };
    // An object that begins with what is spread is slow on Node 20.
    return sealPayload({ correlationId, ...inherited, ...options.metadata, ...own }, 'metadata') as EventMetadata;
  }
}

/** Tells whether a value is a plain `{ name, message }` object. */
export function isPlainMessage(value: object): value is PlainMessage {
  if (!('name' in value && 'message' in value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype.constructor?.name === 'Object';
}

/**
 * Returns the content of a message: the instance of its class, or the data of a plain message, empty if it has none.
 */
export const contentOf = (message: object): object => (isPlainMessage(message) ? (message.message ?? {}) : message);
