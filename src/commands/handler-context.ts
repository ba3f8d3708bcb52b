import type { CommandContext } from '../messages';
import type { AggregateClass, AggregateDefinition } from '../model';
import type { Repository } from '../repository';

/** The second parameter of a command handler outside of an aggregate. */
export interface HandlerContext extends CommandContext {
  /**
   * Returns a repository whose changes belong to this command. They are appended together with those of its other
   * repositories when the handler returns, or not at all.
   */
  repository<A>(aggregate: AggregateClass<A> | AggregateDefinition<any, A>): Repository<A>;
}
