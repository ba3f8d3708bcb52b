import type { ClassReference } from './class-metadata';
import { newId } from './ids';
import { sealPayload, takeAsSealed } from './payload';
import type { EventMetadata, RecordedEvent } from './recorded-event';

/** A command or query without a class: its name and its data. */
export interface PlainMessage<Data extends object = any> {
  readonly name: string;
  readonly message: Data;
}

/** What a caller may say about a command. */
export interface DispatchOptions {
  /** Identifies the command; default a new UUID v7. A command repeated with the same id appends nothing and returns the first outcome. */
  readonly commandId?: string;
  /** Entries for the metadata of every event, such as `{ actor: 'ann' }`; a `correlationId` given here is kept. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** The version the caller decided on: any other version rejects with ConcurrencyError, and nothing is tried again. */
  readonly expectedVersion?: number;
  /** Rejects the command with the signal's reason as long as nothing has been appended. */
  readonly signal?: AbortSignal;
  /** Resolves when these projections are done with the command's events, too, so that reads see them; classes, definitions or names. */
  readonly waitFor?: readonly ProjectionReference[];
  /** For how long to wait for them, in milliseconds; default 5,000. Then it rejects with WaitTimeoutError, which has the outcome. */
  readonly waitTimeout?: number;
}

/** A projection or durable listener: its class, its definition, or its name. */
export type ProjectionReference = string | ClassReference | { readonly name: string };

/**
 * What became of a command. `JSON.stringify` writes its positions, and those of its events, as decimal text; of a copy, `jsonOf(copy)` does.
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
}

/** A command on its way, as middleware and handlers see it. */
export class CommandMessage<Command extends object = any> implements MessageCause {
  #id: string | undefined;
  #metadata: EventMetadata | undefined;
  /** Which aggregate is handling the command right now. @internal */
  working: { readonly handler: object; readonly id: string } | undefined;

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
    const metadata = { ...options.metadata, correlationId, causationId: id, commandName: name };
    return sealPayload(cause ? { ...metadata, commandCausationId: cause.id } : metadata, 'metadata');
  }
}

/** Tells whether a value is a plain `{ name, message }` object. */
export function isPlainMessage(value: object): value is PlainMessage {
  if (!('name' in value && 'message' in value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype.constructor?.name === 'Object';
}
