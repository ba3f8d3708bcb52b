import { InvalidOptionsError, isPlainObject, shownValue } from '../../messages';
import type {
  FollowerDefinition,
  FollowerHandler,
  FollowerOptions,
  ListenerContext,
  ProjectionContext,
  ProjectionDefinition,
  ProjectionOptions,
} from './definition';
import type { FieldOf, ViewFault } from './view-checks';

/** What `defineProjection` takes: the options of `@Projection`, and handlers by the event's name, which get the payload. */
export interface ProjectionSpecification<View extends object, Index extends string = FieldOf<View>> extends ProjectionOptions<Index> {
  readonly name: string;
  readonly on: Readonly<Record<string, (payload: any, context: ProjectionContext<View>) => unknown>>;
  /** Called instead of those in `on` for events that are replayed. */
  readonly onReplay?: Readonly<Record<string, (payload: any, context: ProjectionContext<View>) => unknown>>;
}

/** What `defineListener` takes: the options of `@Listener`, and handlers by the event's name, which get the payload. */
export interface ListenerSpecification extends FollowerOptions {
  readonly name: string;
  readonly on: Readonly<Record<string, (payload: any, context: ListenerContext) => unknown>>;
  /** Called instead of those in `on` for events that are replayed. */
  readonly onReplay?: Readonly<Record<string, (payload: any, context: ListenerContext) => unknown>>;
}

/**
 * Makes a projection without a class; give it to `new Flow({ projections })`, which checks it.
 * @example defineProjection<Total>({ name: 'totals', on: { Sold: ({ price }, { event, documents }) => documents.set(event.aggregateId, { price }) } })
 * @throws InvalidOptionsError where there is no specification
 */
export function defineProjection<View extends object, const Index extends string = FieldOf<View>>(
  specification: ProjectionSpecification<View, Index> & ViewFault<View, Index, unknown>,
): ProjectionDefinition<View, Index> {
  const { name, on, onReplay, ...options } = specified<ProjectionSpecification<View, Index>>('defineProjection', specification);
  return { kind: 'projection', name, options, handlers: handlersByName(on, onReplay) };
}

/**
 * Makes a durable listener without a class; give it to `new Flow({ projections })`, which checks it.
 * @throws InvalidOptionsError where there is no specification
 */
export function defineListener(specification: ListenerSpecification): FollowerDefinition {
  const { name, on, onReplay, ...options } = specified('defineListener', specification);
  return { kind: 'listener', name, options, handlers: handlersByName(on, onReplay) };
}

function specified<Specification>(what: string, specification: Specification): Specification {
  if (isPlainObject(specification)) return specification;
  throw new InvalidOptionsError(what, [`the specification is ${shownValue(specification)}; give { name, on: { ... } }.`]);
}

type Handlers = Readonly<Record<string, FollowerHandler['handle']>>;

/** What is no handler is kept: the checks of the definition find it, together with all other faults. */
function handlersByName(on: Handlers, onReplay: Handlers = {}): Map<string, FollowerHandler> {
  if (!isPlainObject(on) || !isPlainObject(onReplay)) return (isPlainObject(on) ? onReplay : on) as never;
  const names = new Set([...Object.keys(on), ...Object.keys(onReplay)]);
  return new Map(
    Array.from(names, event => {
      const handle = on[event] as FollowerHandler['handle'];
      const replay = onReplay[event];
      return [event, { handle, ...(replay !== undefined && { replay }), revive: ({ payload }) => payload }];
    }),
  );
}
