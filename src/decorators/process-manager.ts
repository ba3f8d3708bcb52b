import {
  appendMetadata,
  type ClassReference,
  inheritedMetadata,
  isName,
  metadataKey,
  NAMES,
  setMetadata,
  shownValue,
} from '../messages';
import { DEADLINE_HANDLERS, END_HANDLERS, REJECTED_HANDLERS, START_HANDLERS } from '../model';
import type {
  CommandReference,
  Deadline,
  ProcessContext,
  ProcessDecisions,
  ProcessOptions,
  RejectionContext,
  UnlistedCommand,
} from '../processing';
import { handlerDecorator } from './dialect';
import { InvalidDecoratorError } from './messages';

/** What `@ProcessManager` says of a class. */
export interface ProcessRole {
  readonly name: string;
  readonly options: ProcessOptions;
}

/** What `@DeadlineHandler` says of a method. */
export interface DeadlineHandlerMetadata {
  readonly method: string | symbol;
  readonly key: string;
  readonly isStatic: boolean;
}

export const PROCESS = metadataKey('process-manager');

/**
 * Marks a class whose instances decide what happens because something happened: over days, across aggregates, and
 * surviving any crash. Its fields are the state, as plain data; its handlers are pure and return decisions. The name is
 * durable, so the class can be renamed.
 * @example @ProcessManager('fulfilment', { correlate: ({ payload }) => payload.orderId }) class Fulfilment {}
 */
export function ProcessManager<const Sends extends CommandReference = CommandReference>(
  name: string,
  options: ProcessOptions<Sends>,
): ProcessDecorator<Sends> {
  if (!isName(name))
    throw new InvalidDecoratorError(`@ProcessManager needs a durable name, ${NAMES}; it received ${shownValue(name)}.`);
  const decorate = (type: Function): void => setMetadata(type, PROCESS, { name, options } satisfies ProcessRole);
  return decorate as ProcessDecorator<Sends>;
}

/** Decorates a class without dependencies, whose methods send what is listed. */
type ProcessDecorator<Sends extends CommandReference> = <T extends new () => object>(
  type: T,
  context?: ClassDecoratorContext<T>,
) => [UnlistedCommand<InstanceType<T>, Sends>] extends [never]
  ? void
  : { 'a command that is not in the option sends': UnlistedCommand<InstanceType<T>, Sends> };

/** Returns the name of a process manager by its class; undefined for another class. */
export const processName = (type: Function): string | undefined => inheritedMetadata<ProcessRole>(type, PROCESS)?.name;

/** A method that handles an input and returns decisions. */
type Handling<Input, Context> = (input: Input, context: Context) => ProcessDecisions;

/** Decorates such a method, in either dialect. */
type ProcessHandlerDecorator<Input, Context> = <Target, Key, Descriptor = undefined>(
  target: Target,
  key: Key,
  descriptor?: Descriptor,
) => MethodOf<Target, Key, Descriptor> extends Handling<Input, Context>
  ? void
  : { 'a handler of a process takes': Input; 'with the context': Context; 'and returns': ProcessDecisions };

type MethodOf<Target, Key, Descriptor> = Key extends DecoratorContext
  ? Target
  : Descriptor extends TypedPropertyDescriptor<infer Method>
    ? Method
    : 'a field';

/** Marks the method of a process manager that handles an event which starts an instance. */
export function Starts<E extends object>(event: ClassReference<E>): ProcessHandlerDecorator<E, ProcessContext> {
  return handlerDecorator(START_HANDLERS, event, false) as ProcessHandlerDecorator<E, ProcessContext>;
}

/** Marks the method of a process manager that handles an event after which the instance ends. */
export function Ends<E extends object>(event: ClassReference<E>): ProcessHandlerDecorator<E, ProcessContext> {
  return handlerDecorator(END_HANDLERS, event, false) as ProcessHandlerDecorator<E, ProcessContext>;
}

/** Marks the method of a process manager that hears of a command that led to no events, or failed for good. */
export function Rejected<C extends object>(command: ClassReference<C>): ProcessHandlerDecorator<C, RejectionContext> {
  return handlerDecorator(REJECTED_HANDLERS, command, false) as ProcessHandlerDecorator<C, RejectionContext>;
}

/** Marks the method of a process manager that handles the deadlines with a key. @throws InvalidDecoratorError */
export function DeadlineHandler(key: string): ProcessHandlerDecorator<Deadline, ProcessContext> {
  if (!isName(key) || key.startsWith('$'))
    throw new InvalidDecoratorError(
      `@DeadlineHandler needs the key of a deadline, ${NAMES}, that does not begin with $; it received ${shownValue(key)}.`,
    );
  const decorate = (target: any, second: string | symbol | ClassMethodDecoratorContext): void => {
    if (typeof second === 'object') {
      appendMetadata(second.metadata, DEADLINE_HANDLERS, {
        ...{ method: second.name, key, isStatic: second.static },
      } satisfies DeadlineHandlerMetadata);
      return;
    }
    const isStatic = typeof target === 'function';
    appendMetadata(isStatic ? target : target.constructor, DEADLINE_HANDLERS, {
      ...{ method: second, key, isStatic },
    } satisfies DeadlineHandlerMetadata);
  };
  return decorate as ProcessHandlerDecorator<Deadline, ProcessContext>;
}
