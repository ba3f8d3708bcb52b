import {
  aName,
  type Check,
  errorMessage,
  FieldsCodec,
  InvalidOptionsError,
  isName,
  isPlainObject,
  must,
  needed,
  type OptionChecks,
  optionFaults,
  shownText,
  shownValue,
  someCodecs,
} from '../../../messages';
import { decodeState, encodeState } from '../../../model';
import type { EventProcessorHandler } from '../../definition/definition';
import { definitionFaults } from '../../definition/event-processor-checks';
import type { CommandReference, ReferredCommand } from './command-references';
import type {
  Deadline,
  ProcessContext,
  ProcessDecisions,
  ProcessDefinition,
  ProcessOptions,
  ProcessTurn,
  RejectionContext,
} from './definition';
import { PROCESS_OPTIONS } from './process-checks';
import { stateFields, withCodecs } from './state-fields';

/** What handlers return, typed by the keys and the commands of the specification. */
type Decided<Key extends string, Sends extends CommandReference> = ProcessDecisions<
  NoInfer<Key>,
  NoInfer<ReferredCommand<Sends>>
>;

/** Handlers by name. */
type Handlers<Function> = Readonly<Record<string, Function>>;

/**
 * The specification for `defineProcess`: the options of `@ProcessManager`, the state of a new instance, and handlers by
 * the name of the event, the key of the deadline, and the name of the command. They change the state that they are
 * given, and return decisions.
 */
export interface ProcessSpecification<
  State extends object,
  Key extends string = string,
  Sends extends CommandReference = CommandReference,
> extends ProcessOptions<Sends> {
  readonly name: string;
  /** Plain data; each instance gets a copy. */
  readonly state: State;
  /** Events that start an instance. */
  readonly starts: Handlers<(state: State, payload: any, context: ProcessContext) => Decided<Key, Sends>>;
  readonly on?: Handlers<(state: State, payload: any, context: ProcessContext) => Decided<Key, Sends>>;
  readonly deadlines?: {
    readonly [K in Key]: (state: State, deadline: Deadline, context: ProcessContext) => Decided<Key, Sends>;
  };
  /** Handlers of commands that led to no events, or failed; the payload is the command's data. */
  readonly rejected?: Handlers<(state: State, command: any, context: RejectionContext) => Decided<Key, Sends>>;
  /** The names of events that end the instance, after a handler in `on` if there is one. */
  readonly ends?: readonly string[];
}

/**
 * Defines a process manager without a class. Pass it to `new Flow({ processors })` or to `bootstrap`.
 * @example defineProcess({ name: 'reminder', correlate: e => e.aggregateId, state: {}, starts: { Created: () =>
 * deadline('late', { in: '7d' }) }, deadlines: { late: () => [send(remind), end()] } })
 * @throws InvalidOptionsError with all faults of the specification
 */
export function defineProcess<
  State extends object,
  const Key extends string = never,
  const Sends extends CommandReference = CommandReference,
>(specification: ProcessSpecification<State, Key, Sends>): ProcessDefinition<State> {
  if (!isPlainObject(specification))
    throw new InvalidOptionsError('defineProcess', [
      `the specification is ${shownValue(specification)}; give { name, correlate, state, starts: { ... } }.`,
    ]);
  const { name, state, starts, on = {}, deadlines = {}, rejected = {}, ends = [], ...options } = specification;
  const wrong = optionFaults({ state: storable(state, options.codecs), starts, on, deadlines, rejected, ends }, PARTS);
  const faults = [...wrong];
  if (wrong.length > 0) faults.push(...optionFaults({ name, ...options }, { name: needed(aName), ...PROCESS_OPTIONS }));
  else {
    const definition = defined({ ...specification, on, deadlines, rejected, ends } as Complete, options);
    faults.push(...definitionFaults(definition, true));
    if (faults.length === 0) return definition;
  }
  throw new InvalidOptionsError(isName(name) ? `defineProcess('${shownText(name)}')` : 'defineProcess', faults);
}

/** Returns what of a first state is stored, as far as its codecs can be used. */
function storable(state: object, codecs: ProcessOptions['codecs']): object {
  if (!codecs || !isPlainObject(state) || optionFaults({ codecs }, { codecs: someCodecs }).length > 0) return state;
  try {
    return new FieldsCodec(codecs, 'the first state').encode(state);
  } catch {
    // What the codec does not take is refused as what cannot be stored.
    return state;
  }
}

type Complete = Required<
  Pick<ProcessSpecification<any>, 'name' | 'state' | 'starts' | 'on' | 'deadlines' | 'rejected' | 'ends'>
>;

function defined(
  { name, state, starts, on, deadlines, rejected, ends }: Complete,
  options: ProcessOptions,
): ProcessDefinition {
  const fields = stateFields(name, options);
  const initial = encodeState(fields?.encode(state) ?? state);
  const initialState = (): object => {
    const fresh = decodeState(initial) as object;
    return fields?.decode(fresh) ?? fresh;
  };
  const called =
    (handle: (state: any, input: any, context: any) => unknown) =>
    (input: unknown, turn: ProcessTurn): unknown =>
      handle(turn.state, input, turn.context);
  const handlerOf = (handle: Complete['starts'][string]): EventProcessorHandler => ({
    handle: called(handle),
    revive: ({ payload }) => payload,
  });
  return {
    kind: 'process',
    ...{ name, options: processorOptions(options) },
    // The process receives the events that end an instance even if they have no handler.
    handlers: new Map([
      ...ends.map(event => [event, handlerOf(() => undefined)] as const),
      ...Object.entries({ ...on, ...starts }).map(([event, handle]) => [event, handlerOf(handle)] as const),
    ]),
    process: withCodecs(name, {
      options,
      ...{ starts: new Set(Object.keys(starts)), ends: new Set(ends) },
      deadlines: new Map(Object.entries(deadlines).map(([key, handle]) => [key, called(handle)])),
      rejected: new Map(Object.entries(rejected).map(([command, handle]) => [command, { handle: called(handle) }])),
      initialState,
      dataOf: own => own,
      filled: (_, data) => data,
    }),
  };
}

/**
 * Returns the options that every event processor has. Instances are assigned to segments by key, each kept in order.
 */
export function processorOptions({ segments, version, correlate }: ProcessOptions): ProcessDefinition['options'] {
  return {
    ...(segments !== undefined && { segments }),
    ...(version !== undefined && { version }),
    sequenceBy: { key: 'instance', of: event => correlate(event) ?? `${event.aggregateName}/${event.aggregateId}` },
    replay: 'skip',
  };
}

const aPlainState = must('a plain object: the state of a new instance', isPlainObject);

const aStorableState: Check = (value, path, faults) => {
  aPlainState(value, path, faults);
  if (!isPlainObject(value)) return;
  try {
    encodeState(value);
  } catch (error) {
    faults.push(`${path} cannot be stored: ${errorMessage(error)}. Use plain data.`);
  }
};

const functions = must('an object of functions', isPlainObject);
const PARTS: OptionChecks<Omit<Complete, 'name'>> = {
  state: needed(aStorableState),
  starts: needed(
    must(
      "an object of functions by the event's name, one at least",
      value => isPlainObject(value) && Object.keys(value).length > 0,
    ),
  ),
  on: functions,
  deadlines: functions,
  rejected: functions,
  ends: must('a list of names of events', Array.isArray),
};
