import { EventualityError } from '../messages';
import { OtherIndexesError } from '../processing';
import { type DocumentPage, type DocumentQuery, type ProjectionStore, resolveQuery } from '../store';
import type { DocumentSource } from './document-reader';

/** For how long readers take a version for the active one, in milliseconds; then they look again. */
const VERSION_TRUST_MS = 500;
/** How often a read looks for the version anew before it gives up: each time the version was dropped just then. */
const MAX_ATTEMPTS = 5;

/**
 * The documents of a projection in the version that is active. A switch to another one is noticed within
 * {@link VERSION_TRUST_MS}, or at once by a process that is told of it; where the version was dropped meanwhile, the
 * read is done again with the new one.
 */
export class StoredDocuments implements DocumentSource {
  #version: Promise<number | undefined> | undefined;
  #looked = 0;

  constructor(
    private readonly store: ProjectionStore,
    private readonly name: string,
    private readonly indexes: readonly string[],
  ) {}

  get(ids: readonly string[]): Promise<ReadonlyMap<string, object>> {
    return this.#read(
      version => this.store.get(this.name, version, ids),
      () => new Map<string, object>() as ReadonlyMap<string, object>,
    );
  }

  find(query?: DocumentQuery): Promise<DocumentPage> {
    return this.#read(
      version => this.#find(version, query),
      () => {
        resolveQuery(this.name, this.indexes, query);
        return { items: [], cursor: undefined };
      },
    );
  }

  /** What this code's own indexes allow may be refused by a version that other code has made. */
  async #find(version: number, query: DocumentQuery | undefined): Promise<DocumentPage> {
    try {
      return await this.store.find(this.name, version, query);
    } catch (error) {
      if (!isRefusedQuery(error)) throw error;
      resolveQuery(this.name, this.indexes, query);
      const read = (await this.store.versions(this.name)).find(known => known.version === version);
      throw read ? new OtherIndexesError(this.name, read, this.indexes) : error;
    }
  }

  /** Forgets which version is active: another one is, as this process knows. */
  switched(): void {
    this.#version = undefined;
  }

  /** Before there is any version there are no documents. */
  async #read<T>(read: (version: number) => Promise<T>, nothing: () => T): Promise<T> {
    for (let look = 1; ; look++) {
      const version = await this.#active();
      if (version === undefined) return nothing();
      try {
        return await read(version);
      } catch (error) {
        if (!isUnknownReadModel(error) || look === MAX_ATTEMPTS) throw error;
        this.switched();
      }
    }
  }

  /**
   * Those who come while it is asked wait for the same answer: what was asked after a switch is not answered from
   * before.
   */
  async #active(): Promise<number | undefined> {
    const now = performance.now();
    if (!this.#version || now - this.#looked >= VERSION_TRUST_MS) {
      this.#looked = now;
      this.#version = this.store.active(this.name);
    }
    const asked = this.#version;
    let version: number | undefined;
    try {
      version = await asked;
    } finally {
      if (version === undefined && this.#version === asked) this.#version = undefined;
    }
    return version;
  }
}

const isRefusedQuery = (error: unknown): boolean =>
  EventualityError.is(error) && error.code === 'INVALID_DOCUMENT_QUERY';

const isUnknownReadModel = (error: unknown): boolean =>
  EventualityError.is(error) && error.code === 'UNKNOWN_READ_MODEL';
