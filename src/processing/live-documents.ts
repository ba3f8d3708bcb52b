import { type DocumentPage, type DocumentQuery, type EventStore, InMemoryProjectionStore } from '../store';
import { BufferedDocuments } from './buffered-documents';
import type { ProjectionContext, ProjectionDefinition } from './definition';
import type { DocumentSource } from './document-reader';
import { LiveReadModelTooLargeError, NothingStoredError } from './errors';

/** How many documents a live projection may have. */
const MOST_DOCUMENTS = 100_000;
const VERSION = 1;

/**
 * The documents of a projection with the mode `live`: each read first folds the events that came since the last one. They are kept in memory
 * with their position, and nowhere else.
 */
export class LiveDocuments implements DocumentSource {
  readonly #kept = new InMemoryProjectionStore();
  readonly #ids = new Set<string>();
  readonly #prepared: Promise<void>;
  #position = 0n;
  #turn: Promise<void> = Promise.resolve();
  #waiting: Promise<void> | undefined;

  constructor(
    private readonly definition: ProjectionDefinition,
    private readonly eventStore: EventStore,
    private readonly most = MOST_DOCUMENTS,
  ) {
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
    for (;;) {
      if (this.#ids.size > this.most) throw new LiveReadModelTooLargeError(this.definition.name, this.#ids.size, this.most);
      const page = await this.eventStore.readAll({ after: this.#position });
      if (page.length === 0) return;
      await this.#foldPage(page);
    }
  }

  /** A page that a handler cannot take is not kept at all: the next read tries it again. */
  async #foldPage(page: Awaited<ReturnType<EventStore['readAll']>>): Promise<void> {
    const { name, handlers } = this.definition;
    const documents = new BufferedDocuments(name, ids => this.#kept.get(name, VERSION, ids));
    const signal = new AbortController().signal;
    const inTransaction = (): never => {
      throw new NothingStoredError(name);
    };
    for (const event of page) {
      const handler = handlers.get(event.name);
      if (!handler) continue;
      const context: ProjectionContext = { event, documents, replaying: false, signal, inTransaction };
      await handler.handle(handler.revive(event), context);
    }
    const to = page.at(-1)!.position;
    const writes = documents.writes(VERSION);
    await this.#kept.commit({ checkpoint: { projection: name, version: VERSION, segment: 0 }, from: this.#position, to, writes });
    this.#position = to;
    for (const { id, document } of writes) document === null ? this.#ids.delete(id) : this.#ids.add(id);
  }
}
