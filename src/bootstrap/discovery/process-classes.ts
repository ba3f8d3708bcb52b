import { type DeadlineHandlerMetadata, eventProcessorRole, PROCESS, type ProcessRole } from '../../decorators';
import {
  type ClassReference,
  errorMessage,
  eventTypeOf,
  hiddenFields,
  inheritedMetadata,
  messageName,
  metadataLists,
} from '../../messages';
import {
  COMMAND_HANDLERS,
  DEADLINE_HANDLERS,
  END_HANDLERS,
  EVENT_HANDLERS,
  encodeState,
  type FoundHandler,
  handlersOf,
  QUERY_HANDLERS,
  REJECTED_HANDLERS,
  REPLAY_HANDLERS,
  START_HANDLERS,
} from '../../model';
import {
  type EventProcessorHandler,
  eventProcessorFaults,
  type ProcessDefinition,
  processorOptions,
  stateFields,
  withCodecs,
} from '../../processing';
import { WiringError } from '../errors';

type Class = new () => object;
type Handlers = ReadonlyMap<ClassReference, readonly FoundHandler[]>;

/** Tells whether a class is a process manager. */
export const isProcessClass = (type: Function): boolean => inheritedMetadata(type, PROCESS) !== undefined;

/** A process manager as a class, and the definition that was made of it. */
export interface ProcessClass {
  readonly type: Class;
  readonly definition: ProcessDefinition;
}

/** Makes a definition of a class with `@ProcessManager`. What is wrong with the class is added to `faults`. */
export function processClass(type: Class, faults: string[]): ProcessClass {
  const { name, options } = inheritedMetadata<ProcessRole>(type, PROCESS)!;
  const starts = handlersOf(type, START_HANDLERS, faults);
  const ends = handlersOf(type, END_HANDLERS, faults);
  const events = handlersOf(type, EVENT_HANDLERS, faults);
  const rejected = handlersOf(type, REJECTED_HANDLERS, faults);
  const deadlines = deadlineHandlers(type, faults);
  faults.push(...classFaults(type), ...stateFaults(type, options), ...sharedEvents(type, [starts, ends, events]));
  return {
    type,
    definition: {
      kind: 'process',
      ...{ name, options: processorOptions(options ?? {}) },
      handlers: new Map([...starts, ...ends, ...events].map(([event, handlers]) => handlerOf(event, handlers))),
      process: withCodecs(name, {
        options: options ?? {},
        ...{ starts: namesOf(starts), ends: namesOf(ends) },
        deadlines: new Map([...deadlines].map(([key, method]) => [key, calling(method)])),
        rejected: new Map(
          [...rejected].map(([command, [handler]]) => [
            messageName(command),
            { type: command, handle: calling(handler!.method) },
          ]),
        ),
        initialState: () => new type(),
        dataOf: state => ({ ...state }),
        filled: (fresh, data) => Object.assign(fresh, data),
      }),
    },
  };
}

/**
 * Returns the definition of a process manager by itself: of a class with `@ProcessManager`, or one that is a definition
 * already.
 * @throws WiringError with all faults
 */
export function processDefinition(process: ClassReference | ProcessDefinition): ProcessDefinition {
  const faults: string[] = [];
  const isClass = typeof process === 'function';
  const definition = isClass ? processClass(process as Class, faults).definition : process;
  const place = isClass ? process.name : `The process '${definition.name}'`;
  faults.push(...eventProcessorFaults([definition], undefined, () => place));
  if (faults.length > 0) throw new WiringError(faults);
  return definition;
}

const namesOf = (handlers: Handlers): Set<string> =>
  new Set([...handlers.keys()].map(event => eventTypeOf(event).name));

/** The state is the instance that the methods are called on. */
const calling =
  (method: string | symbol) =>
  (input: unknown, turn: { readonly state: any; readonly context: unknown }): unknown =>
    turn.state[method](input, turn.context);

function handlerOf(event: ClassReference, handlers: readonly FoundHandler[]): [string, EventProcessorHandler] {
  const type = eventTypeOf(event);
  const handle = calling(handlers[0]!.method);
  return [type.name, { handle, type: event, revive: recorded => type.revive(recorded) }];
}

/** A subclass's handler replaces its parent's for the same key. */
function deadlineHandlers(type: Class, faults: string[]): Map<string, string | symbol> {
  const found = new Map<string, string | symbol>();
  for (const level of metadataLists<DeadlineHandlerMetadata>(type, DEADLINE_HANDLERS)) {
    const own = new Set<string>();
    for (const { key, method, isStatic } of level) {
      const place = `${type.name}.${String(method)}`;
      if (isStatic) faults.push(`${place} is static; handlers are methods of the instance.`);
      else if (own.has(key))
        faults.push(`${place} handles the deadline '${key}', which another method handles. Keep one of them.`);
      own.add(key);
      found.set(key, method);
    }
  }
  return found;
}

function classFaults(type: Class): string[] {
  const faults: string[] = [];
  const place = `${type.name}, a process manager,`;
  const hidden = hiddenFields(type.prototype);
  if (type.length > 0)
    faults.push(
      `${place} has a constructor with parameters. Its handlers are pure: what they need is in the input and in the state.`,
    );
  if (hidden.length > 0)
    faults.push(`${place} keeps data in ${hidden.join(', ')}, which cannot be stored. Use plain fields.`);
  if (eventProcessorRole(type))
    faults.push(`${place} is a projection or a reactor as well. Keep one of these decorators.`);
  const others = [
    [COMMAND_HANDLERS, '@CommandHandler'],
    [QUERY_HANDLERS, '@QueryHandler'],
    [REPLAY_HANDLERS, '@ReplayHandler'],
  ] as const;
  for (const [kind, decorator] of others)
    if (metadataLists(type, kind).some(level => level.length > 0))
      faults.push(`${place} has a ${decorator}. Move it to a class of its own.`);
  return faults;
}

/** What is wrong with each new instance is known before the first one starts. */
function stateFaults(type: Class, options: ProcessRole['options']): string[] {
  if (type.length > 0) return [];
  try {
    const first = { ...new type() };
    encodeState(stateFields(type.name, options ?? {})?.encode(first) ?? first);
    return [];
  } catch (error) {
    return [
      `${type.name}, a process manager, has a first state that cannot be stored: ${errorMessage(error)}. Use fields with plain data, and methods.`,
    ];
  }
}

/** An event has one handler: whether it starts or ends the instance is said by its decorator. */
function sharedEvents(type: Class, kinds: readonly Handlers[]): string[] {
  const counts = new Map<string, number>();
  for (const handlers of kinds)
    for (const [event, each] of handlers) {
      const name = messageName(event);
      counts.set(name, (counts.get(name) ?? 0) + each.length);
    }
  return [...counts].flatMap(([name, count]) =>
    count > 1 ? [`${type.name} has ${count} handlers for ${name}. Keep one: @Starts, @Ends or @EventHandler.`] : [],
  );
}
