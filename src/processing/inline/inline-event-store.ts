import type { FailureReporting } from '../../messages';
import {
  type AppendOptions,
  type AppendOutcome,
  type EventStore,
  ForwardingEventStore,
  type KnownHistory,
  type ProjectionStore,
  type StreamAppend,
} from '../../store';
import type { EventProcessorDefinition } from '../definition/definition';
import type { RunnerParts } from '../event-processor-runner-parts';
import { HandlerInvoker } from '../handling/handler-invoker';
import { InlineAppends, type InlineObserver } from './inline-appends';
import { InlineVersions } from './inline-versions';

/** An event store whose appends bring inline projections up to date in the same transaction. */
export class InlineEventStore extends ForwardingEventStore {
  readonly #versions: InlineVersions;
  readonly #appends: InlineAppends;

  constructor(
    inner: EventStore,
    definitions: readonly EventProcessorDefinition[],
    reporting: FailureReporting,
    observer: InlineObserver & Pick<RunnerParts, 'switched'>,
    history: KnownHistory,
  ) {
    super(inner);
    const store = inner.projections as ProjectionStore;
    // Projections get no context to dispatch with.
    const handlings = definitions.map(definition => new HandlerInvoker(definition));
    this.#versions = new InlineVersions(inner, store, handlings, name => observer.switched(name), history);
    this.#appends = new InlineAppends(inner, store, this.#versions, handlings, reporting, observer);
  }

  /** Says that other versions may be there. */
  switched(): void {
    this.#versions.forget();
  }

  override append(appends: readonly StreamAppend[], options?: AppendOptions): Promise<AppendOutcome> {
    return this.#appends.append(appends, options);
  }
}
