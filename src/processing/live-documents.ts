import { type DocumentPage, type DocumentQuery, type EventStore, InMemoryProjectionStore } from '../store';
import { BufferedDocuments } from './buffered-documents';
import type { ProjectionDefinition } from './definition';
import type { DocumentSource } from './document-reader';
import { type LateWriteError, LiveProjectionError, LiveReadModelTooLargeError } from './errors';
import { Handling } from './handling';
import { isError } from './thrown';

/** How many documents a live projection may have; twice as many while it reads events that may delete them. */
const MOST_DOCUMENTS = 100_000;
const VERSION = 1;
const NEVER = new AbortController().signal;

/**
 * The documents of a projection with the mode `live`: each read first folds the events that came since the last one. They are kept in memory
 * with their position, and nowhere else.
 */
export class LiveDocuments implements DocumentSource {
  readonly #kept = new InMemoryProjectionStore();
  readonly #ids = new Set<string>();
  readonly #prepared: Promise<void>;
  readonly #handling: Handling;
  #position = 0n;
  #lateWrite: LateWriteError | undefined;
  #turn: Promise<void> = Promise.resolve();
  #waiting: Promise<void> | undefined;

  constructor(
    private readonly definition: ProjectionDefinition,
    private readonly eventStore: EventStore,
    private readonly most = MOST_DOCUMENTS,
  ) {
    // Projections get no context to dispatch with.
    this.#handling = new Handling(definition, () => undefined as never);
    this.#prepared = this.#kept.prepare({ name: definition.name, version: VERSION, indexes: definition.options.indexes ?? [] });
  }

  /** The position of the last event that is folded. */
  get position(): bigint {
    return this.#position;
  }

  async get(ids: readonly string[]): Promise<ReadonlyMap<string, object>> {
    await this.#catchUp();
    return this.#kept.get(this.definition.name, VERSION, ids);
  }

  async find(query?: DocumentQuery): Promise<DocumentPage> {
    await this.#catchUp();
    return this.#kept.find(this.definition.name, VERSION, query);
  }

  /** Those who come while events are folded share the next turn: it begins after they asked. */
  #catchUp(): Promise<void> {
    if (!this.#waiting) {
      const turn = this.#turn.then(() => {
        this.#waiting = undefined;
        return this.#fold();
      });
      this.#waiting = turn;
      this.#turn = turn.catch(() => undefined);
    }
    return this.#waiting;
  }

  async #fold(): Promise<void> {
    await this.#prepared;
    // What came late is missing in the documents.
    if (this.#lateWrite) throw this.#lateWrite;
    for (;;) {
      this.#refuseMore(2 * this.most);
      const page = await this.eventStore.readAll({ after: this.#position });
      if (page.length === 0) return this.#refuseMore(this.most);
      await this.#foldPage(page);
    }
  }

  /** What is there now counts, not what was there once. */
  #refuseMore(than: number): void {
    if (this.#ids.size > than) throw new LiveReadModelTooLargeError(this.definition.name, this.#ids.size, this.most);
  }

  /** A page that a handler cannot take is not kept at all: the next read tries it again. */
  async #foldPage(page: Awaited<ReturnType<EventStore['readAll']>>): Promise<void> {
    const { name } = this.definition;
    const documents = new BufferedDocuments(name, ids => this.#kept.get(name, VERSION, ids));
    const effects = { documents, work: undefined, signal: NEVER };
    for (const event of page) {
      const handle = this.#handling.handlerOf(event, false);
      const failure = handle && (await this.#handling.take({ event, handle, replaying: false }, effects));
      if (failure) throw isError(failure.error) ? failure.error : new LiveProjectionError(name, event.name, failure.error);
    }
    if (documents.lateWrite) throw documents.lateWrite.error;
    documents.close(error => {
      this.#lateWrite = error;
    });
    const to = page.at(-1)!.position;
    const writes = documents.writes(VERSION);
    await this.#kept.commit({ checkpoint: { projection: name, version: VERSION, segment: 0 }, from: this.#position, to, writes });
    this.#position = to;
    for (const { id, document } of writes) document === null ? this.#ids.delete(id) : this.#ids.add(id);
  }
}
