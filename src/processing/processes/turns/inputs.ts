import {
  type CurrentEvent,
  contentOf,
  derivedId,
  type MessageCause,
  type RecordedEvent,
  sealPayload,
  storedContent,
} from '../../../messages';
import type { RejectionReason } from '../definition/definition';

/** A command as it is stored. */
export interface StoredCommand {
  readonly name: string;
  readonly data: object;
}

/** Returns a command as it is stored; `path` names it in errors. @throws UnstorableValueError */
export function storedCommand(name: string, command: object, path = name): StoredCommand {
  // A repeated command is recognized by its content; the class of the message does not count.
  return { name, data: JSON.parse(JSON.stringify(sealPayload(storedContent(contentOf(command), path), path))) };
}

/** An event for an instance. */
export interface EventInput {
  readonly kind: 'event';
  readonly id: string;
  readonly event: CurrentEvent;
}

/** Returns an event as an input; each part of a split event is one of its own. */
export const eventInput = (event: CurrentEvent): EventInput => ({ kind: 'event', id: inputIdOf(event), event });

const inputIdOf = ({ id, part }: RecordedEvent): string =>
  part === undefined ? id : derivedId(`${id} part ${part}`, 1);

/** A deadline that has come due. */
export interface DeadlineInput {
  readonly kind: 'deadline';
  readonly id: string;
  readonly content: DeadlineContent;
}

/** What is stored of a deadline that has come due. */
export interface DeadlineContent {
  readonly key: string;
  /** In milliseconds since 1970, as all times here. */
  readonly dueAt: number;
  /** When it was noticed. */
  readonly at: number;
  readonly content?: object;
  /** The cause of the input that set it. */
  readonly cause: StoredCause;
}

/** A command that led to no events, or failed. */
export interface RejectionInput {
  readonly kind: 'rejection';
  readonly id: string;
  readonly content: RejectionContent;
}

/** What is stored of a command that was rejected. */
export interface RejectionContent {
  /** The id of the command. */
  readonly output: string;
  readonly command: StoredCommand;
  readonly at: number;
  readonly error?: StoredError;
  /** The commands that reverse those carried out, the last one first. */
  readonly undo: readonly StoredCommand[];
  readonly cause: StoredCause;
}

/** What a command threw, in a form for JSON. */
export type StoredError = { readonly [Field in keyof RejectionReason]: RejectionReason[Field] };

/** The message that led to an input, in a form for JSON. */
export interface StoredCause {
  readonly id: string;
  readonly correlationId: string;
  readonly metadata: object;
}

/** An input of an instance: an event, a deadline, or a rejection. */
export type ProcessTurnInput = EventInput | DeadlineInput | RejectionInput;

/** Returns the cause of the commands that an input leads to. */
export function causeOf(input: ProcessTurnInput): MessageCause {
  if (input.kind !== 'event') return input.content.cause as MessageCause;
  const { id, metadata } = input.event;
  return { id, correlationId: metadata.correlationId, metadata };
}

/** Returns the time that the handlers of an input see. */
export const timeOf = (input: ProcessTurnInput): number =>
  input.kind === 'event' ? Date.parse(input.event.recordedAt) : input.content.at;
