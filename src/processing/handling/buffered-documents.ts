import { isName, type RecordedEvent, sealPayload } from '../../messages';
import { type DocumentRead, type DocumentWrite } from '../../store';
import { LateWriteError } from '../errors';
import { sizeOf } from './document-size';
import type { Thrown } from './thrown';

/** Reads documents as they are stored, by id; those that are not there are left out. */
export type ReadDocuments = (ids: readonly string[]) => Promise<ReadonlyMap<string, object>>;

/** A write that came when the handler of its event had ended. */
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
 * The documents of a projection while a page of events is handled: reads see what was written before them, and writes
 * are kept here until they are committed together. What one event has written can be taken back.
 */
export class BufferedDocuments<View extends object = any> {
  /** What was written or read; `null` where there is no document. */
  readonly #known = new Map<string, object | null>();
  readonly #written = new Set<string>();
  /** As the store has returned it; only what handlers asked for. */
  readonly #asked = new Map<string, object | null>();
  readonly #stored = new Map<string, object | null>();
  #undo: Undo[] = [];
  /** About how many bytes were written, as JSON; what was overwritten counts, too. */
  bytes = 0;
  /** How often a handler asked for a document. */
  reads = 0;
  /** Set when the store failed to answer: that is no fault of the handler, whatever it made of it. */
  storeFailure: Thrown | undefined;
  /** The first event whose handler had ended before it wrote something, and what is wrong about it. */
  lateWrite: LateWrite | undefined;
  #toldOf: Set<RecordedEvent> | undefined;
  #report: ((error: LateWriteError, event: RecordedEvent) => void) | undefined;

  constructor(
    readonly name: string,
    private readonly read: ReadDocuments,
    /** Others write the same documents: what was read is to be compared at the commit. */
    private readonly shared = false,
  ) {}

  /** Reads documents that handlers will probably ask for, in one step. */
  async prefetch(ids: ReadonlySet<string>): Promise<void> {
    const stored = await this.#ask([...ids]);
    for (const id of ids) if (!this.#known.has(id)) this.#found(id, stored.get(id) ?? null);
  }

  /**
   * Returns a document that was read or written before; `null` where there is none, undefined where it is not known.
   */
  known(id: string): Readonly<View> | null | undefined {
    const document = this.#known.get(id);
    if (document === undefined) return undefined;
    this.reads++;
    if (this.shared) this.#note(id);
    return document as View | null;
  }

  async get(id: string): Promise<Readonly<View> | undefined> {
    // What no store can keep is nowhere; a database would refuse the question.
    if (!isName(id)) return undefined;
    this.reads++;
    const stored = (await this.#ask([id])).get(id) ?? null;
    // It may have been written meanwhile, by a handler that does not wait for its reads.
    if (!this.#known.has(id)) this.#found(id, stored);
    if (this.shared) this.#note(id);
    return (this.#known.get(id) as View | null) ?? undefined;
  }

  /** What is read after it was written does not depend on what is stored. */
  #note(id: string): void {
    if (!this.#written.has(id)) this.#asked.set(id, this.#stored.get(id) ?? null);
  }

  set(id: string, document: View): void {
    const sealed = sealPayload(document, this.nameOf(id));
    this.bytes += sizeOf(sealed);
    this.#write(id, sealed);
  }

  delete(id: string): void {
    this.#write(id, null);
  }

  /** From here on writes can be taken back. */
  begin(): void {
    if (this.#undo.length > 0) this.#undo = [];
  }

  /** Takes back what was written since `begin`. */
  undo(): void {
    for (const { id, document, written } of this.#undo.reverse()) {
      if (document === undefined) this.#known.delete(id);
      else this.#known.set(id, document);
      if (!written) this.#written.delete(id);
    }
    this.#undo = [];
  }

  /** Returns what handlers have read, as it was stored; nothing where no other segment writes these documents. */
  readsOf(version: number): DocumentRead[] {
    return Array.from(this.#asked, ([id, document]) => ({ readModel: this.name, version, id, document }));
  }

  /** Returns what was written, for the commit. */
  writes(version: number): DocumentWrite[] {
    return Array.from(this.#written, id => ({ readModel: this.name, version, id, document: this.#known.get(id)! }));
  }

  /** Names a document in errors. */
  nameOf(id: string): string {
    return `${this.name} '${id}'`;
  }

  /** Nothing can be made of late writes any more: from here on they are reported. */
  close(report: (error: LateWriteError, event: RecordedEvent) => void): void {
    this.#report = report;
  }

  /** Takes note of a write that came when the handler had ended. */
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
