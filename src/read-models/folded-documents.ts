import type { EventReader, RecordedEvent } from '../messages';
import type { ProjectionDefinition } from '../processing';
import {
  BufferedDocuments,
  HandlerInvoker,
  isError,
  type LateWriteError,
  LiveProjectionError,
  LiveReadModelTooLargeError,
} from '../processing';
import { type EventStore, HistoryReplacedError, InMemoryProjectionStore } from '../store';

const VERSION = 1;
const NEVER = new AbortController().signal;

type Page = readonly RecordedEvent[];

/** The documents of a live projection as of one event. */
export class FoldedDocuments {
  readonly #kept = new InMemoryProjectionStore();
  readonly #ids = new Set<string>();
  readonly #prepared: Promise<void>;
  readonly #handling: HandlerInvoker;
  #last: RecordedEvent | undefined;
  #lateWrite: LateWriteError | undefined;

  constructor(
    private readonly definition: ProjectionDefinition,
    private readonly eventStore: EventStore,
    private readonly most: number,
    reader: EventReader,
  ) {
    this.#handling = new HandlerInvoker(definition, reader);
    this.#prepared = this.#kept.prepare({
      name: definition.name,
      version: VERSION,
      indexes: definition.options.indexes ?? [],
    });
  }

  /** The position of the last folded event. */
  get position(): bigint {
    return this.#last?.position ?? 0n;
  }

  get(ids: readonly string[]): ReturnType<InMemoryProjectionStore['get']> {
    return this.#kept.get(this.definition.name, VERSION, ids);
  }

  find(query: Parameters<InMemoryProjectionStore['find']>[2]): ReturnType<InMemoryProjectionStore['find']> {
    return this.#kept.find(this.definition.name, VERSION, query);
  }

  /**
   * Folds the events after the last folded one.
   * @throws HistoryReplacedError, LiveReadModelTooLargeError, what a handler throws
   */
  async catchUp(): Promise<void> {
    await this.#prepared;
    // A write that came after its handler had returned is missing in the documents.
    if (this.#lateWrite) throw this.#lateWrite;
    for (;;) {
      this.#refuseMore(2 * this.most);
      const page = await this.#nextPage();
      if (page.length === 0) return this.#refuseMore(this.most);
      await this.#foldPage(page);
    }
  }

  /** The limit applies to the documents that are left, not to those that existed in between. */
  #refuseMore(than: number): void {
    if (this.#ids.size > than) throw new LiveReadModelTooLargeError(this.definition.name, this.#ids.size, this.most);
  }

  /** A page starts with the last folded event: if another event or none is in its place, the events were replaced. */
  async #nextPage(): Promise<Page> {
    const last = this.#last;
    if (!last) return this.eventStore.readAll();
    const page = await this.eventStore.readAll({ after: last.position - 1n });
    if (page[0]?.id === last.id) return page.slice(1);
    // Not necessarily gone: a store may hide it for a moment, while a writer holds a lower position.
    const { aggregateName, aggregateId, version, position, id } = last;
    const [stored] = await this.eventStore.read({ aggregateName, aggregateId }, { from: version, limit: 1 });
    if (stored?.id !== id) throw new HistoryReplacedError(position, id);
    return page.filter(event => event.position > position);
  }

  /** If a handler fails, nothing of its page is kept: the next read retries it. */
  async #foldPage(page: Page): Promise<void> {
    const { name } = this.definition;
    const documents = new BufferedDocuments(name, ids => this.get(ids), false, this.#handling.fields);
    const effects = { documents, work: undefined, signal: NEVER };
    for (const event of page) {
      const failure = await this.#handling.handle(event, false, effects);
      if (failure)
        throw isError(failure.error) ? failure.error : new LiveProjectionError(name, event.name, failure.error);
    }
    if (documents.lateWrite) throw documents.lateWrite.error;
    documents.close(error => {
      this.#lateWrite = error;
    });
    const last = page.at(-1)!;
    const writes = documents.writes(VERSION);
    const checkpoint = { projection: name, version: VERSION, segment: 0 };
    await this.#kept.commit({ checkpoint, from: this.position, to: last.position, writes });
    this.#last = last;
    for (const { id, document } of writes) document === null ? this.#ids.delete(id) : this.#ids.add(id);
  }
}
