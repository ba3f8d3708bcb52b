import {
  InvalidOptionsError,
  isName,
  isPlainObject,
  must,
  needed,
  type OptionChecks,
  optionFaults,
  shownText,
  shownValue,
} from '../../messages';
import type {
  EventProcessorDefinition,
  EventProcessorHandler,
  EventProcessorOptions,
  ProjectionContext,
  ProjectionDefinition,
  ProjectionOptions,
  ReactorContext,
} from './definition';
import { definitionFaults } from './event-processor-checks';
import type { DefinedViewFault, FieldOf } from './view-checks';

/**
 * The specification for `defineProjection`: the options of `@Projection`, and handlers by event name, which receive the
 * payload.
 */
export interface ProjectionSpecification<View extends object, Index extends string = FieldOf<View>>
  extends ProjectionOptions<Index> {
  readonly name: string;
  readonly on: Readonly<Record<string, (payload: any, context: ProjectionContext<View>) => unknown>>;
  /** Called instead of those in `on` for events that are replayed. */
  readonly onReplay?: Readonly<Record<string, (payload: any, context: ProjectionContext<View>) => unknown>>;
}

/**
 * The specification for `defineReactor`: the options of `@Reactor`, and handlers by event name, which receive the
 * payload.
 */
export interface ReactorSpecification extends EventProcessorOptions {
  readonly name: string;
  readonly on: Readonly<Record<string, (payload: any, context: ReactorContext) => unknown>>;
  /** Called instead of those in `on` for events that are replayed. */
  readonly onReplay?: Readonly<Record<string, (payload: any, context: ReactorContext) => unknown>>;
}

/**
 * Defines a projection without a class. Pass it to `new Flow({ processors })` or to `bootstrap`.
 * @example defineProjection<Total>({ name: 'totals', on: { Sold: ({ price }, { event, documents }) =>
 * documents.set(event.aggregateId, { price }) } })
 * @throws InvalidOptionsError with all faults of the specification
 */
export function defineProjection<View extends object, const Index extends string = FieldOf<View>>(
  specification: ProjectionSpecification<View, Index> & DefinedViewFault<View, Index>,
): ProjectionDefinition<View, Index> {
  return defined<ProjectionDefinition<View, Index>>('defineProjection', 'projection', specification);
}

/**
 * Defines a reactor without a class. Pass it to `new Flow({ processors })` or to `bootstrap`.
 * @throws InvalidOptionsError with all faults of the specification
 */
export function defineReactor(specification: ReactorSpecification): EventProcessorDefinition {
  return defined('defineReactor', 'reactor', specification);
}

const functions = must("an object of functions by the event's name", isPlainObject);
const HANDLERS: OptionChecks<Pick<ReactorSpecification, 'on' | 'onReplay'>> = {
  on: needed(functions),
  onReplay: functions,
};

function defined<Definition extends EventProcessorDefinition>(
  what: string,
  kind: Definition['kind'],
  specification: ProjectionSpecification<any, any> | ReactorSpecification,
): Definition {
  if (!isPlainObject(specification))
    throw new InvalidOptionsError(what, [
      `the specification is ${shownValue(specification)}; give { name, on: { ... } }.`,
    ]);
  const { name, on, onReplay, ...options } = specification;
  const wrong = optionFaults({ on, onReplay }, HANDLERS);
  const handlers = wrong.length > 0 ? new Map() : handlersByName(on, onReplay);
  const definition: EventProcessorDefinition = { kind, name, options, handlers };
  const faults = [...wrong, ...definitionFaults(definition, wrong.length === 0)];
  if (faults.length > 0) throw new InvalidOptionsError(isName(name) ? `${what}('${shownText(name)}')` : what, faults);
  return definition as Definition;
}

type Handlers = Readonly<Record<string, EventProcessorHandler['handle']>>;

/** A value that is not a function is kept: the checks of the definition report it together with all other faults. */
function handlersByName(on: Handlers, onReplay: Handlers = {}): Map<string, EventProcessorHandler> {
  const names = new Set([...Object.keys(on), ...Object.keys(onReplay)]);
  return new Map(
    Array.from(names, event => {
      const handle = on[event] as EventProcessorHandler['handle'];
      const replay = onReplay[event];
      return [event, { handle, ...(replay !== undefined && { replay }), revive: ({ payload }) => payload }];
    }),
  );
}
