import {
  type ClassReference,
  type Codecs,
  inheritedMetadata,
  isName,
  metadataKey,
  NAMES,
  setMetadata,
  shownValue,
} from '../messages';
import type {
  EventProcessorDefinition,
  EventProcessorOptions,
  ProjectionOptions,
  ViewFault,
  ViewOf,
} from '../processing';
import { InvalidDecoratorError } from './messages';

/** What `@Projection` or `@Reactor` records about a class. */
export interface EventProcessorRole extends Pick<EventProcessorDefinition, 'kind' | 'name' | 'options'> {}

const PROJECTION = metadataKey('projection');
const REACTOR = metadataKey('reactor');

/** Decorates a projection; its return type tells the compiler the faults of the view or its indexes. */
type ProjectionDecorator<Index extends string, By> = <T extends ClassReference>(
  type: T,
  context?: ClassDecoratorContext<T>,
) => ViewFault<ViewOf<InstanceType<T>>, Index, void, By>;
type EventProcessorDecorator = <T extends ClassReference>(type: T, context?: ClassDecoratorContext<T>) => void;

/**
 * Marks a class whose `@EventHandler` methods turn events into documents. The name is durable, so the class can be
 * renamed.
 * @example @Projection('todo-list', { indexes: ['completed'] }) class TodoList {}
 */
export const Projection = <
  const Index extends string = never,
  const By extends Codecs = Readonly<Record<never, never>>,
>(
  name: string,
  options: ProjectionOptions<Index> & { readonly codecs?: By } = {},
): ProjectionDecorator<Index, By> => marking('projection', PROJECTION, name, options) as ProjectionDecorator<Index, By>;

/**
 * Marks a class whose `@EventHandler` methods have effects and follow by a durable checkpoint: after a restart they
 * continue where they stopped. The name is durable. A class without this decorator is a listener, which has no
 * checkpoint.
 * @example @Reactor('mailer') class Mailer {}
 */
export const Reactor = (name: string, options: EventProcessorOptions = {}): EventProcessorDecorator =>
  marking('reactor', REACTOR, name, options);

/** Returns the role that its decorators, or those of its nearest parent, give a class. */
export const eventProcessorRole = (type: Function): EventProcessorRole | undefined =>
  inheritedMetadata<EventProcessorRole>(type, PROJECTION) ?? inheritedMetadata<EventProcessorRole>(type, REACTOR);

/** Tells whether a class is marked as both a projection and a reactor, which is a fault. */
export const hasBothRoles = (type: Function): boolean =>
  inheritedMetadata(type, PROJECTION) !== undefined && inheritedMetadata(type, REACTOR) !== undefined;

function marking(
  kind: EventProcessorRole['kind'],
  key: symbol,
  name: string,
  options: ProjectionOptions,
): EventProcessorDecorator {
  if (!isName(name))
    throw new InvalidDecoratorError(
      `@${kind === 'projection' ? 'Projection' : 'Reactor'} needs a durable name, ${NAMES}; it received ${shownValue(name)}.`,
    );
  return type => setMetadata(type, key, { kind, name, options } satisfies EventProcessorRole);
}
