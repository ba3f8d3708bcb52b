import {
  aName,
  anId,
  isFunction,
  isName,
  must,
  type RecordedEvent,
  refuseArguments,
  refuseHidden,
} from '../../messages';
import type { Documents } from '../definition/definition';
import type { BufferedDocuments } from './buffered-documents';

const isChange = (value: unknown): boolean =>
  isFunction(value) || (typeof value === 'object' && value !== null && !Array.isArray(value));
const aChange = must('an object of fields, or a function of the document', isChange);

/** The documents for the handler of one event. Writes after the handler has ended are refused, and recorded as late. */
export class EventDocuments<View extends object = any> implements Documents<View> {
  /** True when the handler has ended. */
  ended = false;
  #reading = 0;
  #whenRead: (() => void) | undefined;

  constructor(
    private readonly documents: BufferedDocuments<View>,
    private readonly event: RecordedEvent,
  ) {}

  get(id: string): Promise<Readonly<View> | undefined> {
    if (typeof id !== 'string' || id === '') return this.#refuse(id);
    const known = this.documents.known(id);
    // Usually it was read ahead, so there is nothing to wait for.
    return known === undefined ? this.#read(id) : Promise.resolve(known ?? undefined);
  }

  async #refuse(id: unknown): Promise<undefined> {
    refuseArguments('documents.get', { id: [id, anId] });
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
    else if (isName(id)) this.documents.set(id, document);
    else refuseArguments('documents.set', { id: [id, aName] });
  }

  async update(id: string, change: Partial<View> | ((document: Readonly<View>) => View)): Promise<void> {
    try {
      if (!isName(id) || !isChange(change))
        refuseArguments('documents.update', { id: [id, aName], change: [change, aChange] });
      const document = await this.get(id);
      if (this.ended) return this.late('documents.update', id);
      if (!document) return;
      if (typeof change !== 'function') refuseHidden(change, this.documents.nameOf(id));
      this.documents.set(id, typeof change === 'function' ? change(document) : { ...document, ...change });
    } catch (error) {
      // The handler has ended and no longer awaits it: an unhandled rejection would end the process.
      if (!this.ended) throw error;
    }
  }

  delete(id: string): void {
    if (this.ended) this.late('documents.delete', id);
    else if (isName(id)) this.documents.delete(id);
    else refuseArguments('documents.delete', { id: [id, aName] });
  }

  /**
   * Called when the handler has ended. Returns a promise if some of its reads are still running, because late writes
   * may follow from them.
   */
  end(): Promise<void> | undefined {
    this.ended = true;
    return this.#reading > 0 ? new Promise(resolve => (this.#whenRead = resolve)) : undefined;
  }

  /** Records a call that came after the handler had ended. */
  late(call: string, id?: string): void {
    this.documents.late(this.event, id === undefined ? `${call}(...)` : `${call}('${id}')`);
  }
}
