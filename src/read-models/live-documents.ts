import { SharedRuns } from '../concurrency';
import type { ProjectionDefinition } from '../processing';
import {
  type DocumentPage,
  type DocumentQuery,
  type EventStore,
  HistoryReplacedError,
  type KnownHistory,
} from '../store';
import type { DocumentSource } from './document-reader';
import { FoldedDocuments } from './folded-documents';

/** How many documents a live projection may have; twice as many while it reads events that may delete them. */
const MAX_DOCUMENTS = 100_000;

/**
 * The documents of a projection with the mode `live`: each read first folds the events that came since the last one.
 * They are kept in memory with the last of these events, and nowhere else; where that was replaced, as by an older
 * backup, they are made anew.
 */
export class LiveDocuments implements DocumentSource {
  #folded: FoldedDocuments;
  /** Those who come while events are folded share the next run: it begins after they asked. */
  readonly #catchingUp = new SharedRuns(() => this.#fold());
  /** What was folded is of events that were replaced. */
  #isVoid = false;

  constructor(
    private readonly definition: ProjectionDefinition,
    private readonly eventStore: EventStore,
    private readonly history: KnownHistory,
    private readonly most = MAX_DOCUMENTS,
  ) {
    this.#folded = this.#empty();
    history.whenReplaced(() => {
      this.#isVoid = true;
    });
  }

  /** The position of the last event that is folded. */
  get position(): bigint {
    return this.#folded.position;
  }

  async get(ids: readonly string[]): Promise<ReadonlyMap<string, object>> {
    await this.#catchingUp.run();
    return this.#folded.get(ids);
  }

  async find(query?: DocumentQuery): Promise<DocumentPage> {
    await this.#catchingUp.run();
    return this.#folded.find(query);
  }

  async #fold(): Promise<void> {
    for (let anew = false; ; anew = true) {
      if (this.#isVoid) this.#folded = this.#empty();
      this.#isVoid = false;
      try {
        await this.#folded.catchUp();
      } catch (error) {
        if (anew || !(error instanceof HistoryReplacedError)) throw error;
        if (!this.#isVoid) this.history.noticed(error);
      }
      if (!this.#isVoid) return;
    }
  }

  #empty(): FoldedDocuments {
    return new FoldedDocuments(this.definition, this.eventStore, this.most);
  }
}
