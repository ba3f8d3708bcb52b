import { type RecordedEvent, refuseHidden } from '../../messages';
import type { Documents } from '../definition/definition';
import type { BufferedDocuments } from './buffered-documents';

/**
 * The documents as the handler of one event sees them. Once the handler has ended, what it still writes is refused, and
 * noted as late.
 */
export class EventDocuments<View extends object = any> implements Documents<View> {
  /** The handler has ended. */
  ended = false;
  #reading = 0;
  #whenRead: (() => void) | undefined;

  constructor(
    private readonly documents: BufferedDocuments<View>,
    private readonly event: RecordedEvent,
  ) {}

  get(id: string): Promise<Readonly<View> | undefined> {
    const known = this.documents.known(id);
    // Mostly it was read ahead: then there is nothing to wait for.
    return known === undefined ? this.#read(id) : Promise.resolve(known ?? undefined);
  }

  async #read(id: string): Promise<Readonly<View> | undefined> {
    this.#reading++;
    try {
      return await this.documents.get(id);
    } finally {
      if (--this.#reading === 0) this.#whenRead?.();
    }
  }

  set(id: string, document: View): void {
    if (this.ended) this.late('documents.set', id);
    else this.documents.set(id, document);
  }

  async update(id: string, change: Partial<View> | ((document: Readonly<View>) => View)): Promise<void> {
    try {
      const document = await this.get(id);
      if (this.ended) return this.late('documents.update', id);
      if (!document) return;
      if (typeof change !== 'function') refuseHidden(change, this.documents.nameOf(id));
      this.documents.set(id, typeof change === 'function' ? change(document) : { ...document, ...change });
    } catch (error) {
      // The handler has ended and awaits it no more: an unhandled rejection would end the process.
      if (!this.ended) throw error;
    }
  }

  delete(id: string): void {
    if (this.ended) this.late('documents.delete', id);
    else this.documents.delete(id);
  }

  /**
   * The handler has ended. Returns a promise where it has not waited for all its reads: late writes follow from them.
   */
  end(): Promise<void> | undefined {
    this.ended = true;
    return this.#reading > 0 ? new Promise(resolve => (this.#whenRead = resolve)) : undefined;
  }

  /** Notes what came when the handler had ended. */
  late(call: string, id?: string): void {
    this.documents.late(this.event, id === undefined ? `${call}(...)` : `${call}('${id}')`);
  }
}
