import type { EventReader, FailureReporting } from '../../messages';
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
import { HandlerInvoker } from '../handling/handler-invoker';
import type { ActiveVersions } from '../versions/active-versions';
import { InlineAppends, type InlineObserver } from './inline-appends';
import { InlineVersions } from './inline-versions';

/** An event store whose appends update inline projections in the same transaction. */
export class InlineEventStore extends ForwardingEventStore {
  readonly #appends: InlineAppends;

  constructor(
    inner: EventStore,
    definitions: readonly EventProcessorDefinition[],
    reader: EventReader,
    reporting: FailureReporting,
    observer: InlineObserver,
    history: KnownHistory,
    active: ActiveVersions,
  ) {
    super(inner);
    const store = inner.projections as ProjectionStore;
    // Projections have no context to dispatch with.
    const handlings = definitions.map(definition => new HandlerInvoker(definition, reader));
    const versions = new InlineVersions({ eventStore: inner, store, history, active }, handlings);
    this.#appends = new InlineAppends(inner, store, versions, handlings, reporting, observer);
  }

  override append(appends: readonly StreamAppend[], options?: AppendOptions): Promise<AppendOutcome> {
    return this.#appends.append(appends, options);
  }
}
