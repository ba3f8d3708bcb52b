import { derivedId, type EventContext, type RecordedEvent } from '../messages';
import type { BufferedDocuments } from './buffered-documents';
import type { ListenerContext, ProjectionContext } from './definition';
import { NothingStoredError } from './errors';
import { EventDocuments } from './event-documents';
import type { PageWork } from './page-work';

/** Where the handlers of one page leave what is to be committed with it. */
export interface PageEffects {
  readonly documents: BufferedDocuments;
  /** Undefined where nothing is stored. */
  readonly work: PageWork | undefined;
  readonly signal: AbortSignal;
}

/** The context of one event, for the handlers of a projection. */
export class EffectsContext implements ProjectionContext {
  readonly documents: EventDocuments;

  constructor(
    private readonly effects: PageEffects,
    readonly event: RecordedEvent,
    readonly replaying: boolean,
  ) {
    this.documents = new EventDocuments(effects.documents, event);
  }

  get signal(): AbortSignal {
    return this.effects.signal;
  }

  get inTransaction(): ProjectionContext['inTransaction'] {
    const { work, documents } = this.effects;
    if (!work) throw new NothingStoredError(documents.name);
    return each => (this.documents.ended ? this.documents.late('inTransaction') : work.add(this.event, each));
  }
}

/**
 * The context of one event, for a durable listener. What it dispatches follows from the event, and has an id made of it: where a process died
 * before it could say that the event is done, the same command comes again, and appends nothing.
 */
export class EffectsListenerContext implements ListenerContext {
  #dispatched = 0;

  constructor(
    private readonly listener: string,
    private readonly base: EventContext,
    readonly replaying: boolean,
    readonly signal: AbortSignal,
  ) {}

  get event(): RecordedEvent {
    return this.base.event;
  }

  get dispatch(): EventContext['dispatch'] {
    return (command, options) => {
      const commandId = options?.commandId ?? derivedId(`${this.event.id} ${this.listener}`, ++this.#dispatched);
      return this.base.dispatch(command, { ...options, commandId });
    };
  }

  get query(): EventContext['query'] {
    return this.base.query;
  }
}
