import { type RetryRule } from '../../concurrency';
import {
  aFunction,
  aRetry,
  type ClassReference,
  type EventReference,
  messageMetadata,
  metadataKey,
  metadataLists,
  must,
  type OptionChecks,
  optionFaults,
  shownValue,
} from '../../messages';
import type { Creates } from '../aggregate-definition';
import type { SnapshotOptions } from '../snapshots/snapshot-rule';

/** Options of `@CommandHandler`. */
export interface CommandHandlerOptions<C = any> {
  /** Whether the command creates its aggregate; default false: it must exist. */
  readonly creates?: Creates;
  /** Returns the aggregate's id from the command; default the rule of the aggregate, else the command's `id`. */
  readonly target?: (command: C) => string;
  /** How the command is retried after a conflict; default the flow's rule. */
  readonly retry?: RetryRule;
}

/** Options of `@Aggregate`. */
export interface AggregateOptions<A = any> {
  /** Returns the aggregate's id from a command; default the command's `id`. */
  readonly id?: (command: any) => string;
  /**
   * All its events, beside those that it handles: classes, and what `defineEvent` returned. Then an event of any other
   * name in its stream is an error, and no longer passed over. Default unknown.
   */
  readonly events?: readonly EventReference[];
  /** Stores the state of long streams, so that loading reads only newer events; default none. */
  readonly snapshot?: SnapshotOptions<A>;
}

/** What `@Aggregate` leaves on a class. */
export interface AggregateMetadata {
  readonly name: string;
  readonly options: AggregateOptions;
}

/** What a handler decorator leaves on a class for one method. */
export interface HandlerMetadata {
  readonly method: string | symbol;
  /** The message class; absent when the decorator had to infer it and the compiler left no type. */
  readonly type: ClassReference | undefined;
  readonly isStatic: boolean;
  readonly options: CommandHandlerOptions;
}

/** A handler with its message class known and its method found. */
export interface FoundHandler extends HandlerMetadata {
  readonly type: ClassReference;
}

export const AGGREGATE = metadataKey('aggregate');
export const COMMAND_HANDLERS = metadataKey('command-handlers');
export const EVENT_HANDLERS = metadataKey('event-handlers');
export const QUERY_HANDLERS = metadataKey('query-handlers');
export const REPLAY_HANDLERS = metadataKey('replay-handlers');
export const START_HANDLERS = metadataKey('start-handlers');
export const END_HANDLERS = metadataKey('end-handlers');
export const REJECTED_HANDLERS = metadataKey('rejected-handlers');
export const DEADLINE_HANDLERS = metadataKey('deadline-handlers');
export const REPOSITORY_INJECTIONS = metadataKey('repository-injections');
export const READ_MODEL_INJECTIONS = metadataKey('read-model-injections');

/** Whether a command makes its aggregate. */
export const aCreates = must(
  "true, false or 'if-missing'",
  value => typeof value === 'boolean' || value === 'if-missing',
);

const COMMAND_HANDLER_OPTIONS: OptionChecks<CommandHandlerOptions> = {
  creates: aCreates,
  target: aFunction,
  retry: aRetry,
};

/**
 * Finds the decorated handlers of one kind on a class and its parents; a subclass's handler replaces its parent's for
 * the same message. What is wrong with any of them is added to `faults` as a sentence.
 */
export function handlersOf(type: Function, kind: symbol, faults: string[]): Map<ClassReference, FoundHandler[]> {
  const found = new Map<ClassReference, FoundHandler[]>();
  for (const level of metadataLists<HandlerMetadata>(type, kind)) {
    const own = new Map<ClassReference, FoundHandler[]>();
    for (const handler of level) {
      const fault = faultOf(type, handler);
      faults.push(
        ...optionFaults(handler.options, COMMAND_HANDLER_OPTIONS).map(wrong => `${placeOf(type, handler)}: ${wrong}`),
      );
      if (fault) faults.push(fault);
      else own.set(handler.type!, [...(own.get(handler.type!) ?? []), handler as FoundHandler]);
    }
    for (const [message, handlers] of own) found.set(message, handlers);
  }
  return found;
}

const placeOf = (type: Function, { method }: HandlerMetadata): string => `${type.name}.${String(method)}`;

function faultOf(type: Function, handler: HandlerMetadata): string | undefined {
  const { method, type: message, isStatic } = handler;
  const place = placeOf(type, handler);
  if (isStatic) return `${place} is static; handlers are methods of the instance.`;
  if (message === undefined) {
    return `${place} does not say which message it handles, and the compiler emitted no type to infer it from (esbuild, tsx and standard decorators emit none, nor does a type-only import). Name the class in the decorator.`;
  }
  if (typeof message !== 'function')
    return `${place} handles ${shownValue(message)}, which is not a class. Two files that import each other can leave it undefined.`;
  if (!messageMetadata(message) && message.name === '')
    return `${place} handles an anonymous class. Give the class a name.`;
  if (typeof type.prototype[method] !== 'function') return `${place} is not a public method.`;
  return undefined;
}
