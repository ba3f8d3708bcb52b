import { isPromise } from '../../concurrency';
import { formatError, NewerEventError, type RecordedEvent } from '../../messages';
import type { NewDeadLetter, ProjectionStore, TakenOverSegments } from '../../store';
import { MAX_PARKED_SEQUENCES, type ParkedSequences } from '../segments/parked-sequences';
import { BufferedDocuments } from './buffered-documents';
import type { FailedEvent } from './failure-reports';
import type { HandlerInvoker } from './handler-invoker';
import type { OwnEvent, PagePartition } from './page-partition';
import { PageWork, type RunForGood } from './page-work';
import { thrownBy } from './thrown';

/**
 * A page ends early when this many bytes of documents were written; a commit may be larger by the writes of one event.
 */
const MAX_PAGE_BYTES = 16 * 1024 * 1024;

/** One segment of one version. */
export interface SegmentPlace {
  readonly projection: string;
  readonly version: number;
  readonly segment: number;
  /** The number of segments. */
  readonly segments: number;
  /** Events up to here are older than the version. */
  readonly replayUntil: bigint;
  /** The segments that this version took over from. */
  readonly takenOver: readonly TakenOverSegments[];
}

/** The results of the handlers for a page. */
export interface HandledPage {
  /** How far it goes: to the end of the page, unless it was halted before. */
  readonly to: bigint;
  /** How many of the segment's own events it covers. */
  readonly own: number;
  readonly documents: BufferedDocuments;
  readonly work: PageWork;
  readonly park: readonly NewDeadLetter[];
  /** Those of the parked events that failed; the others wait for them. */
  readonly failed: readonly FailedEvent[];
  /** A failed event that is not parked: the segment waits before it. */
  readonly halt: FailedEvent | undefined;
  /** An event that only newer code can read: the page ends before it. */
  readonly newer?: NewerEvent | undefined;
}

/** An event that only newer code can read. */
export interface NewerEvent {
  readonly event: RecordedEvent;
  readonly error: NewerEventError;
}

/** Calls the handlers for a page of events, one after another. It has no effect besides its result. */
export class PageHandler {
  readonly #parks: boolean;
  readonly #runForGood: RunForGood = new Map();
  /** Whether the handlers read documents: then those with the ids of the page's aggregates are read ahead. */
  #reading = true;

  constructor(
    private readonly handling: HandlerInvoker,
    private readonly place: SegmentPlace,
    private readonly store: ProjectionStore,
    private readonly partition: PagePartition,
  ) {
    this.#parks = handling.definition.options.onError !== 'stop';
  }

  /**
   * Ends early when the signal is aborted; what is handled until then counts.
   * @throws errors of the store; errors of handlers are in the result
   */
  async handle(page: readonly RecordedEvent[], parked: ParkedSequences, signal: AbortSignal): Promise<HandledPage> {
    const own = this.own(page);
    const documents = this.#documents();
    if (this.#reading && own.length > 0 && this.handling.definition.kind === 'projection')
      await documents.prefetch(new Set(own.map(({ event }) => event.aggregateId)));
    const effects = { documents, work: this.#work(), signal };
    const park: NewDeadLetter[] = [];
    const failed = new Map<string, FailedEvent>();
    const rest = () => ({ ...effects, park, failed: [...failed.values()] });
    let halt: HandledPage['halt'];
    let to = page.at(-1)!.position;
    for (let index = 0; index < own.length && !halt; index++) {
      const { event, handled, fault } = own[index]!;
      if (fault instanceof NewerEventError)
        return { to: event.position - 1n, own: index, ...rest(), halt, newer: { event, error: fault } };
      // The rest becomes the next page: a commit must fit into memory, and into a statement.
      if (documents.bytes > MAX_PAGE_BYTES) return { to: event.position - 1n, own: index, ...rest(), halt };
      if (signal.aborted) return { to: event.position - 1n, own: index, ...rest(), halt };
      const waits = failed.size + parked.size > 0 ? this.#keyOf(own[index]!) : undefined;
      if (waits !== undefined && (failed.has(waits) || parked.has(waits))) park.push(waitingLetter(event, waits));
      else {
        const taken = fault ? thrownBy(fault) : this.handling.take(handled!, effects);
        const failure = isPromise(taken) ? await taken : taken;
        if (!failure) continue;
        const key = this.#keyOf(own[index]!);
        // A handler that was told to stop has not failed: the page ends before its event.
        if (signal.aborted) return { to: event.position - 1n, own: index, ...rest(), halt };
        if (this.#mayPark(parked.size + failed.size)) {
          park.push(letterOf(event, key, failure.error, 1));
          failed.set(key, { event, sequence: key, error: failure.error });
        } else {
          halt = { event, sequence: key, error: failure.error };
          to = event.position - 1n;
        }
      }
    }
    // A write that a handler started but did not await is noticed before the page is committed.
    if (own.length > 0) await undefined;
    if (own.length > 0) this.#reading = documents.reads > 0;
    return { to, own: own.length, ...rest(), halt };
  }

  /** Calls the handler for a parked event again. */
  async again(event: RecordedEvent, signal: AbortSignal): Promise<HandledPage> {
    const replaying = event.position <= this.place.replayUntil;
    const effects = { documents: this.#documents(), work: this.#work(), signal };
    const { key, fault } = this.partition.sequenceOf(event);
    const failure = fault ? thrownBy(fault) : await this.handling.handle(event, replaying, effects);
    if (failure) signal.throwIfAborted();
    const halt = failure && { event, sequence: key, error: failure.error };
    return { to: event.position, own: 1, ...effects, park: [], failed: [], halt };
  }

  /** Returns the events of a page that the segment handles, in order. */
  own(page: readonly RecordedEvent[]): readonly OwnEvent[] {
    return this.partition.own(page, this.place.segment);
  }

  /** The result of passing over events up to a position that the segment does not handle. */
  passed(to: bigint): HandledPage {
    return { to, own: 0, documents: this.#documents(), work: this.#work(), park: [], failed: [], halt: undefined };
  }

  /** The result for an event whose own SQL failed in the commit. */
  failed(event: RecordedEvent, error: unknown, parked: ParkedSequences): HandledPage {
    const effects = { documents: this.#documents(), work: this.#work(), own: 1 };
    const sequence = this.sequenceOf(event);
    const failed = { event, sequence, error };
    if (!this.#mayPark(parked.size)) return { ...effects, to: event.position - 1n, park: [], failed: [], halt: failed };
    return {
      ...effects,
      to: event.position,
      park: [letterOf(event, sequence, error, 1)],
      failed: [failed],
      halt: undefined,
    };
  }

  /** Returns the key of the sequence that an event belongs to. */
  readonly sequenceOf = (event: RecordedEvent): string => this.partition.sequenceOf(event).key;

  #keyOf({ event, key }: OwnEvent): string {
    return key ?? this.sequenceOf(event);
  }

  #mayPark(parked: number): boolean {
    return this.#parks && parked < MAX_PARKED_SEQUENCES;
  }

  #work(): PageWork {
    return new PageWork(this.#runForGood);
  }

  #documents(): BufferedDocuments {
    const { projection, version, segments } = this.place;
    // The owner of the only segment is the only writer.
    return new BufferedDocuments(
      projection,
      ids => this.store.get(projection, version, ids),
      segments > 1,
      this.handling.fields,
    );
  }
}

/** The dead letter of an event that failed. */
export const letterOf = (
  { position }: RecordedEvent,
  sequence: string,
  error: unknown,
  attempts: number,
): NewDeadLetter => ({
  ...{ sequence, position, error: formatError(error), attempts },
});

/** The dead letter of an event that waits for its predecessors. */
const waitingLetter = ({ position }: RecordedEvent, sequence: string): NewDeadLetter => ({
  ...{ sequence, position, error: undefined, attempts: 0 },
});
