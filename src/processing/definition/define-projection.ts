import { InvalidOptionsError, isPlainObject, shownValue } from '../../messages';
import type {
  EventProcessorDefinition,
  EventProcessorHandler,
  EventProcessorOptions,
  ProjectionContext,
  ProjectionDefinition,
  ProjectionOptions,
  ReactorContext,
} from './definition';
import type { FieldOf, ViewFault } from './view-checks';

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
 * Defines a projection without a class. Pass it to `new Flow({ processors })` or list it in a module; both check it.
 * @example defineProjection<Total>({ name: 'totals', on: { Sold: ({ price }, { event, documents }) =>
 * documents.set(event.aggregateId, { price }) } })
 * @throws InvalidOptionsError if the specification is not an object
 */
export function defineProjection<View extends object, const Index extends string = FieldOf<View>>(
  specification: ProjectionSpecification<View, Index> & ViewFault<View, Index, unknown>,
): ProjectionDefinition<View, Index> {
  const { name, on, onReplay, ...options } = specified<ProjectionSpecification<View, Index>>(
    'defineProjection',
    specification,
  );
  return { kind: 'projection', name, options, handlers: handlersByName(on, onReplay) };
}

/**
 * Defines a reactor without a class. Pass it to `new Flow({ processors })` or list it in a module; both check it.
 * @throws InvalidOptionsError if the specification is not an object
 */
export function defineReactor(specification: ReactorSpecification): EventProcessorDefinition {
  const { name, on, onReplay, ...options } = specified('defineReactor', specification);
  return { kind: 'reactor', name, options, handlers: handlersByName(on, onReplay) };
}

function specified<Specification>(what: string, specification: Specification): Specification {
  if (isPlainObject(specification)) return specification;
  throw new InvalidOptionsError(what, [
    `the specification is ${shownValue(specification)}; give { name, on: { ... } }.`,
  ]);
}

type Handlers = Readonly<Record<string, EventProcessorHandler['handle']>>;

/** What is no handler is kept: the checks of the definition find it, together with all other faults. */
function handlersByName(on: Handlers, onReplay: Handlers = {}): Map<string, EventProcessorHandler> {
  if (!isPlainObject(on) || !isPlainObject(onReplay)) return (isPlainObject(on) ? onReplay : on) as never;
  const names = new Set([...Object.keys(on), ...Object.keys(onReplay)]);
  return new Map(
    Array.from(names, event => {
      const handle = on[event] as EventProcessorHandler['handle'];
      const replay = onReplay[event];
      return [event, { handle, ...(replay !== undefined && { replay }), revive: ({ payload }) => payload }];
    }),
  );
}
