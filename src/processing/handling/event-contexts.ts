import {
  aFunction,
  derivedId,
  type EventContext,
  FollowingIds,
  type RecordedEvent,
  refuseArguments,
} from '../../messages';
import type { ProjectionContext, ReactorContext } from '../definition/definition';
import { NothingStoredError } from '../errors';
import type { BufferedDocuments } from './buffered-documents';
import { EventDocuments } from './event-documents';
import type { PageWork } from './page-work';

/** Where the handlers of one page leave what is committed with it. */
export interface PageEffects {
  readonly documents: BufferedDocuments;
  /** Undefined if nothing is stored. */
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
    return each => {
      if (this.documents.ended) return this.documents.late('inTransaction');
      refuseArguments('inTransaction', { work: [each, aFunction] });
      work.add(this.event, each);
    };
  }
}

/**
 * The context of one event, for a reactor. The ids of its commands are derived from the event, the reactor and the
 * command itself. When the handler runs again, in whatever order, each command is recognized and takes effect once.
 */
export class EffectsReactorContext implements ReactorContext {
  #commandIds: FollowingIds | undefined;
  #ids = 0;
  #scheduled = 0;

  constructor(
    private readonly reactor: string,
    private readonly base: EventContext,
    readonly replaying: boolean,
    readonly signal: AbortSignal,
  ) {}

  get event(): RecordedEvent {
    return this.base.event;
  }

  get metadata(): EventContext['metadata'] {
    return this.event.metadata;
  }

  get now(): Date {
    return new Date(this.event.recordedAt);
  }

  get newId(): ReactorContext['newId'] {
    return () => derivedId(`${this.event.id} ${this.reactor} id`, ++this.#ids);
  }

  get dispatch(): EventContext['dispatch'] {
    return async (command, options) => {
      const commandId = options?.commandId ?? this.#idOf(command);
      return this.base.dispatch(command, { ...options, commandId });
    };
  }

  get query(): EventContext['query'] {
    return this.base.query;
  }

  get schedule(): EventContext['schedule'] {
    return (command, options) => {
      const commandId = options?.commandId ?? derivedId(`${this.event.id} ${this.reactor} schedule`, ++this.#scheduled);
      return this.base.schedule(command, { ...options, commandId });
    };
  }

  get unschedule(): EventContext['unschedule'] {
    return this.base.unschedule;
  }

  #idOf(command: object): string {
    this.#commandIds ??= new FollowingIds(`${this.event.id} ${this.reactor}`);
    return this.#commandIds.idOf(command);
  }
}
