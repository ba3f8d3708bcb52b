import type { CommandContext } from '../messages';
import type { AggregateClass, AggregateDefinition } from '../model';
import type { Repository } from '../repository';

/** What a command handler outside of an aggregate is given as its second parameter. */
export interface HandlerContext extends CommandContext {
  /**
   * Returns a repository whose changes belong to this command: they are appended when the handler has returned,
   * together with those of its other repositories, or not at all.
   */
  repository<A>(aggregate: AggregateClass<A> | AggregateDefinition<any, A>): Repository<A>;
}
