import { isName, NAMES, setMetadata, shownValue } from '../messages';
import { AGGREGATE, type AggregateClass, type AggregateOptions, type AggregateRoot } from '../model';
import { InvalidDecoratorError } from './messages';

/**
 * Marks an aggregate class and names its streams; the name is durable, so the class can be renamed.
 * @example @Aggregate('Todo') class Todo extends AggregateRoot {}
 * @example @Aggregate('Todo', { snapshot: { every: 100, version: 1 } }) class Todo extends AggregateRoot {}
 */
export function Aggregate<A extends AggregateRoot<any> = AggregateRoot<any>>(
  name: string,
  options: AggregateOptions<A> = {},
) {
  if (!isName(name))
    throw new InvalidDecoratorError(
      `@Aggregate needs a durable name, ${NAMES}, as in @Aggregate('Todo'); it received ${shownValue(name)}.`,
    );
  return <T extends AggregateClass<A>>(type: T, _context?: ClassDecoratorContext<T>): void => {
    setMetadata(type, AGGREGATE, { name, options });
  };
}
