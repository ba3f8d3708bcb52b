import { EventualityError } from '../messages';
import { type ActiveVersions, activeOf, OtherIndexesError } from '../processing';
import { type DocumentPage, type DocumentQuery, type ProjectionStore, resolveQuery } from '../store';
import type { DocumentSource } from './document-reader';

/** How often a read looks up the active version before it gives up, because each was dropped just then. */
const MAX_ATTEMPTS = 5;

/**
 * The documents of a projection in the version that is active, as far as the process knows. If that version was dropped
 * meanwhile, the read is repeated with the new one.
 */
export class StoredDocuments implements DocumentSource {
  constructor(
    private readonly store: ProjectionStore,
    private readonly active: ActiveVersions,
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

  /** A version created by other code may lack an index that this code has. */
  async #find(version: number, query: DocumentQuery | undefined): Promise<DocumentPage> {
    try {
      return await this.store.find(this.name, version, query);
    } catch (error) {
      if (!isRefusedQuery(error)) throw error;
      resolveQuery(this.name, this.indexes, query);
      const read = (await this.active.look(this.name)).find(known => known.version === version);
      throw read ? new OtherIndexesError(this.name, read, this.indexes) : error;
    }
  }

  /** Without a version there are no documents. */
  async #read<T>(read: (version: number) => Promise<T>, nothing: () => T): Promise<T> {
    for (let look = 1; ; look++) {
      const version = activeOf(await this.active.current(this.name))?.version;
      if (version === undefined) return nothing();
      try {
        return await read(version);
      } catch (error) {
        if (!isUnknownReadModel(error) || look === MAX_ATTEMPTS) throw error;
        this.active.forget(this.name);
      }
    }
  }
}

const isRefusedQuery = (error: unknown): boolean =>
  EventualityError.is(error) && error.code === 'INVALID_DOCUMENT_QUERY';

const isUnknownReadModel = (error: unknown): boolean =>
  EventualityError.is(error) && error.code === 'UNKNOWN_READ_MODEL';
