import { SharedRuns } from '../concurrency';
import type { EventReader } from '../messages';
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

/** The most documents of a live projection; twice as many while it reads events that may delete some. */
const MAX_DOCUMENTS = 100_000;

/**
 * The documents of a projection with the mode `live`. Each read first folds the events since the last read. The
 * documents exist only in memory, together with the last folded event; if that event was replaced, for example by an
 * older backup, they are folded again from the first.
 */
export class LiveDocuments implements DocumentSource {
  #folded: FoldedDocuments;
  /** Readers that arrive while events are folded share the next run, which starts after they asked. */
  readonly #catchingUp = new SharedRuns(() => this.#fold());
  /** True when the folded events were replaced. */
  #isVoid = false;

  constructor(
    private readonly definition: ProjectionDefinition,
    private readonly eventStore: EventStore,
    private readonly history: KnownHistory,
    private readonly reader: EventReader,
    private readonly most = MAX_DOCUMENTS,
  ) {
    this.#folded = this.#empty();
    history.whenReplaced(() => {
      this.#isVoid = true;
    });
  }

  /** The position of the last folded event. */
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
    return new FoldedDocuments(this.definition, this.eventStore, this.most, this.reader);
  }
}
