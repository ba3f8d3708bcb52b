import { anId, type FieldsCodec, listOf, refuseArguments } from '../messages';
import type { ReadModel, ReadModelPage, ReadModelQuery } from '../processing';
import type { DocumentPage, DocumentQuery } from '../store';

/** The source of a read model's documents. */
export interface DocumentSource {
  get(ids: readonly string[]): Promise<ReadonlyMap<string, object>>;
  find(query: DocumentQuery | undefined): Promise<DocumentPage>;
}

const ids = listOf('ids', anId);

/** Reads documents, and reports each read, so that a live query knows what it depends on. */
export class DocumentReader<View extends object = any> implements ReadModel<View> {
  constructor(
    readonly name: string,
    private readonly source: DocumentSource,
    private readonly touch: (name: string) => void,
    private readonly fields: FieldsCodec | undefined,
  ) {}

  async get(id: string): Promise<Readonly<View> | undefined> {
    refuseArguments('get', { id: [id, anId] });
    return (await this.#get([id])).get(id);
  }

  async getMany(wanted: readonly string[]): Promise<ReadonlyMap<string, Readonly<View>>> {
    refuseArguments('getMany', { ids: [wanted, ids] });
    return this.#get(wanted);
  }

  async #get(ids: readonly string[]): Promise<ReadonlyMap<string, Readonly<View>>> {
    this.touch(this.name);
    const found = await this.source.get(ids);
    return this.fields
      ? new Map(Array.from(found, ([id, document]) => [id, this.#shown(document)]))
      : (found as ReadonlyMap<string, Readonly<View>>);
  }

  /** Returns a stored document with the values of its fields. */
  #shown(document: object): Readonly<View> {
    return (this.fields ? Object.freeze(this.fields.decode(document)) : document) as Readonly<View>;
  }

  async find(query?: ReadModelQuery<View>): Promise<ReadModelPage<View>> {
    this.touch(this.name);
    const { items, cursor } = await this.source.find(query as DocumentQuery | undefined);
    return { items: items.map(({ document }) => this.#shown(document)), cursor };
  }

  async first(query?: ReadModelQuery<View>): Promise<Readonly<View> | undefined> {
    return (await this.find(narrowed(query, { limit: 1 }))).items[0];
  }

  async *all(query?: ReadModelQuery<View>): AsyncGenerator<Readonly<View>, void, undefined> {
    let after: string | undefined;
    do {
      const page = await this.find(after === undefined ? query : narrowed(query, { after }));
      yield* page.items;
      after = page.cursor;
    } while (after !== undefined);
  }
}

/**
 * Anything that is not an object is passed on, to be refused: spreading a number would give no options, and spreading a
 * text many wrong ones.
 */
const narrowed = <Query extends object>(query: Query | undefined, more: Partial<Query>): Query =>
  query === undefined || (typeof query === 'object' && query !== null) ? ({ ...query, ...more } as Query) : query;
