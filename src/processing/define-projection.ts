import type {
  FollowerDefinition,
  FollowerHandler,
  FollowerOptions,
  ListenerContext,
  ProjectionContext,
  ProjectionDefinition,
  ProjectionOptions,
} from './definition';

/** What `defineProjection` takes: the options of `@Projection`, and handlers by the event's name, which get the payload. */
export interface ProjectionSpecification<View extends object> extends ProjectionOptions {
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
 * Makes a projection without a class; give it to `new Flow({ projections })`.
 * @example defineProjection<Total>({ name: 'totals', on: { Sold: ({ price }, { event, documents }) => documents.set(event.aggregateId, { price }) } })
 */
export function defineProjection<View extends object>(specification: ProjectionSpecification<View>): ProjectionDefinition<View> {
  const { name, on, onReplay, ...options } = specification;
  return { kind: 'projection', name, options, handlers: handlersByName(on, onReplay) };
}

/** Makes a durable listener without a class; give it to `new Flow({ projections })`. */
export function defineListener({ name, on, onReplay, ...options }: ListenerSpecification): FollowerDefinition {
  return { kind: 'listener', name, options, handlers: handlersByName(on, onReplay) };
}

type Handlers = Readonly<Record<string, FollowerHandler['handle']>>;

function handlersByName(on: Handlers, onReplay: Handlers = {}): Map<string, FollowerHandler> {
  const replays = new Map(Object.entries(onReplay));
  return new Map(
    Object.entries(on).map(([event, handle]) => {
      const replay = replays.get(event);
      return [event, { handle, ...(replay && { replay }), revive: ({ payload }) => payload }];
    }),
  );
}
