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
 * What `defineProjection` takes: the options of `@Projection`, and handlers by the event's name, which get the payload.
 */
export interface ProjectionSpecification<View extends object, Index extends string = FieldOf<View>>
  extends ProjectionOptions<Index> {
  readonly name: string;
  readonly on: Readonly<Record<string, (payload: any, context: ProjectionContext<View>) => unknown>>;
  /** Called instead of those in `on` for events that are replayed. */
  readonly onReplay?: Readonly<Record<string, (payload: any, context: ProjectionContext<View>) => unknown>>;
}

/** What `defineReactor` takes: the options of `@Reactor`, and handlers by the event's name, which get the payload. */
export interface ReactorSpecification extends EventProcessorOptions {
  readonly name: string;
  readonly on: Readonly<Record<string, (payload: any, context: ReactorContext) => unknown>>;
  /** Called instead of those in `on` for events that are replayed. */
  readonly onReplay?: Readonly<Record<string, (payload: any, context: ReactorContext) => unknown>>;
}

/**
 * Makes a projection without a class; give it to `new Flow({ projections })`, which checks it.
 * @example defineProjection<Total>({ name: 'totals', on: { Sold: ({ price }, { event, documents }) =>
 * documents.set(event.aggregateId, { price }) } })
 * @throws InvalidOptionsError where there is no specification
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
 * Makes a reactor without a class; give it to `new Flow({ projections })`, which checks it.
 * @throws InvalidOptionsError where there is no specification
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
