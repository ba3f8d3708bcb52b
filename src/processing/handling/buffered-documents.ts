import { type FieldsCodec, isName, type RecordedEvent, refuseHidden, sealPayload } from '../../messages';
import { type DocumentRead, type DocumentWrite } from '../../store';
import { LateWriteError } from '../errors';
import { sizeOf } from './document-size';
import type { Thrown } from './thrown';

/** Reads stored documents by id; missing ones are left out. */
export type ReadDocuments = (ids: readonly string[]) => Promise<ReadonlyMap<string, object>>;

/** A write that came after the handler of its event had ended. */
export interface LateWrite {
  readonly event: RecordedEvent;
  readonly error: LateWriteError;
}

interface Undo {
  readonly id: string;
  readonly document: object | null | undefined;
  readonly written: boolean;
}

/**
 * The documents of a projection while a page of events is handled. Reads see earlier writes, and writes are kept here
 * until they are committed together. The writes of one event can be undone.
 */
export class BufferedDocuments<View extends object = any> {
  /** Documents that were written or read; `null` if there is none. */
  readonly #known = new Map<string, object | null>();
  readonly #written = new Set<string>();
  /** Documents as the store has returned them; only those that handlers asked for. */
  readonly #asked = new Map<string, object | null>();
  readonly #stored = new Map<string, object | null>();
  #undo: Undo[] = [];
  /** The approximate size of the writes as JSON, in bytes; overwritten ones count, too. */
  bytes = 0;
  /** How often a handler has asked for a document. */
  reads = 0;
  /** Set when the store failed to answer: that is not the handler's fault, whatever it made of the error. */
  storeFailure: Thrown | undefined;
  /** The first event whose handler wrote something after it had ended, and the fault. */
  lateWrite: LateWrite | undefined;
  #toldOf: Set<RecordedEvent> | undefined;
  #report: ((error: LateWriteError, event: RecordedEvent) => void) | undefined;

  constructor(
    readonly name: string,
    private readonly read: ReadDocuments,
    /** Other segments write the same documents, so those that were read are compared at the commit. */
    private readonly shared = false,
    private readonly fields: FieldsCodec | undefined = undefined,
  ) {}

  /** Reads documents that handlers will probably ask for, in one query. */
  async prefetch(ids: ReadonlySet<string>): Promise<void> {
    const stored = await this.#ask([...ids]);
    for (const id of ids) if (!this.#known.has(id)) this.#found(id, stored.get(id) ?? null);
  }

  /** Returns a document that was read or written before; `null` if there is none, undefined if it is not known. */
  known(id: string): Readonly<View> | null | undefined {
    const document = this.#known.get(id);
    if (document === undefined) return undefined;
    this.reads++;
    if (this.shared) this.#note(id);
    return document && this.#decoded(document);
  }

  async get(id: string): Promise<Readonly<View> | undefined> {
    // An id that no store can keep is not stored; a database would refuse the query.
    if (!isName(id)) return undefined;
    this.reads++;
    const stored = (await this.#ask([id])).get(id) ?? null;
    // A handler that does not await its reads may have written it meanwhile.
    if (!this.#known.has(id)) this.#found(id, stored);
    if (this.shared) this.#note(id);
    const document = this.#known.get(id);
    return document ? this.#decoded(document) : undefined;
  }

  /** A document that is read after it was written does not depend on the stored one. */
  #note(id: string): void {
    if (!this.#written.has(id)) this.#asked.set(id, this.#stored.get(id) ?? null);
  }

  set(id: string, document: View): void {
    const sealed = sealPayload(this.#encoded(id, document), this.nameOf(id));
    this.bytes += sizeOf(sealed);
    this.#write(id, sealed);
  }

  #encoded(id: string, document: View): object {
    if (!this.fields) return document;
    refuseHidden(document, this.nameOf(id));
    return this.fields.encode(document);
  }

  #decoded(document: object): Readonly<View> {
    return (this.fields ? Object.freeze(this.fields.decode(document)) : document) as View;
  }

  delete(id: string): void {
    this.#write(id, null);
  }

  /** Later writes can be undone. */
  begin(): void {
    if (this.#undo.length > 0) this.#undo = [];
  }

  /** Undoes the writes since `begin`. */
  undo(): void {
    for (const { id, document, written } of this.#undo.reverse()) {
      if (document === undefined) this.#known.delete(id);
      else this.#known.set(id, document);
      if (!written) this.#written.delete(id);
    }
    this.#undo = [];
  }

  /** Returns the stored documents that handlers have read; empty if no other segment writes these documents. */
  readsOf(version: number): DocumentRead[] {
    return Array.from(this.#asked, ([id, document]) => ({ readModel: this.name, version, id, document }));
  }

  /** Returns the writes, for the commit. */
  writes(version: number): DocumentWrite[] {
    return Array.from(this.#written, id => ({ readModel: this.name, version, id, document: this.#known.get(id)! }));
  }

  /** Names a document in errors. */
  nameOf(id: string): string {
    return `${this.name} '${id}'`;
  }

  /** From here on late writes can no longer fail their event, so they are reported. */
  close(report: (error: LateWriteError, event: RecordedEvent) => void): void {
    this.#report = report;
  }

  /** Records a write that came after its handler had ended. */
  late(event: RecordedEvent, call: string): void {
    if (this.#toldOf?.has(event)) return;
    const error = new LateWriteError(this.name, event, call);
    if (!this.#report) this.lateWrite ??= { event, error };
    else {
      this.#told(event);
      this.#report(error, event);
    }
  }

  /** Returns the late write of an event whose handler has just ended. */
  takeLate(event: RecordedEvent): LateWrite | undefined {
    const late = this.lateWrite;
    if (late?.event !== event) return undefined;
    this.lateWrite = undefined;
    this.#told(event);
    return late;
  }

  #told(event: RecordedEvent): void {
    this.#toldOf ??= new Set();
    this.#toldOf.add(event);
  }

  #found(id: string, document: object | null): void {
    this.#known.set(id, document);
    if (this.shared) this.#stored.set(id, document);
  }

  async #ask(ids: readonly string[]): Promise<ReadonlyMap<string, object>> {
    try {
      return await this.read(ids);
    } catch (error) {
      this.storeFailure ??= { error };
      throw error;
    }
  }

  #write(id: string, document: object | null): void {
    this.#undo.push({ id, document: this.#known.get(id), written: this.#written.has(id) });
    this.#known.set(id, document);
    this.#written.add(id);
  }
}
