import { EventualityError, type FailureReporting, type RecordedEvent, reportFailure } from '../../messages';
import {
  type AppendOptions,
  type AppendOutcome,
  type EventStore,
  PAGE_LIMIT,
  type ProjectionStore,
  type ProjectionTransaction,
  type StreamAppend,
} from '../../store';
import { InlineProjectionError } from '../errors';
import { BufferedDocuments } from '../handling/buffered-documents';
import type { HandlerInvoker } from '../handling/handler-invoker';
import { PageWork } from '../handling/page-work';
import { isError } from '../handling/thrown';
import type { InlineVersion, InlineVersions } from './inline-versions';

/** The most bytes of documents that an append writes for events of others. */
const MAX_PAGE_BYTES = 16 * 1024 * 1024;

/** How often an append is started again because versions came or went meanwhile. */
const MAX_ATTEMPTS = 5;

/** Thrown inside a transaction and caught outside of it: the known versions are outdated. */
class StaleVersions extends Error {}

/**
 * Thrown inside a transaction and caught outside of it: user code rejects the append, whatever its error looks like.
 */
class Refused extends Error {
  constructor(readonly reason: unknown) {
    super();
  }
}

/**
 * Thrown inside a transaction and caught outside of it: a version cannot take an earlier event, and the transaction is
 * no longer usable.
 */
class Behind extends Error {
  constructor(readonly version: InlineVersion) {
    super();
  }
}

/** The versions as an append knows them. */
interface Believed {
  readonly versions: readonly InlineVersion[];
  /** They were looked up because one was far behind. */
  readonly proven: boolean;
  /** Versions that cannot take an earlier event. */
  readonly leftOut: ReadonlySet<string>;
}

/** Called with what appends do to inline projections. */
export interface InlineObserver {
  /** Documents have changed. */
  changed(name: string): void;
  /** A handler has thrown; the position is that of its event, if it is stored. */
  failed(name: string, error: unknown, position: bigint | undefined): void;
}

/** The work of one append. */
interface Append {
  readonly transaction: ProjectionTransaction;
  readonly events: readonly RecordedEvent[];
  /** Tells whether an event, or the one that it is a part of, is one of them. */
  has(event: RecordedEvent): boolean;
  /** The events that others have stored before, after a position. */
  missing(after: bigint): Promise<readonly RecordedEvent[] | undefined>;
}

/**
 * Appends and updates inline projections in one transaction. It locks their checkpoints in the order of their names,
 * appends, handles earlier events that are missing, and then the new events. Events that no inline projection handles
 * are appended as usual; the background processor, and the next relevant append, move the checkpoints past them.
 */
export class InlineAppends {
  readonly #names: ReadonlySet<string>;
  /** Versions that were looked up because one seemed far behind, and was. */
  #proven: readonly InlineVersion[] | undefined;

  constructor(
    private readonly eventStore: EventStore,
    private readonly store: ProjectionStore,
    private readonly versions: InlineVersions,
    handlings: readonly HandlerInvoker[],
    private readonly reporting: FailureReporting,
    private readonly observer: InlineObserver,
  ) {
    this.#names = new Set(handlings.flatMap(({ eventNames }) => [...eventNames]));
  }

  /** @throws InlineProjectionError when a handler throws, and whatever its SQL throws; then nothing was appended */
  async append(appends: readonly StreamAppend[], options?: AppendOptions): Promise<AppendOutcome> {
    if (!this.#matters(appends)) return this.eventStore.append(appends, options);
    const leftOut = new Set<string>();
    // Versions that this append has looked up count for it, even if others look them up at the same time.
    let looked: readonly InlineVersion[] | undefined;
    for (let attempt = 1; ; ) {
      const versions = looked ?? (await this.versions.current());
      if (versions.length === 0) return this.eventStore.append(appends, options);
      try {
        return await this.#together(appends, options, {
          versions,
          proven: versions === looked || versions === this.#proven,
          leftOut,
        });
      } catch (error) {
        if (error instanceof Refused) throw error.reason;
        if (error instanceof Behind) {
          leftOut.add(keyOf(error.version));
          continue;
        }
        if (attempt++ === MAX_ATTEMPTS || !isStale(error)) throw error;
        this.versions.forget();
        looked = await this.versions.current();
        this.#proven = looked;
      }
    }
  }

  /** The store refuses an argument that is not a list of appends. */
  #matters(appends: readonly StreamAppend[]): boolean {
    if (!Array.isArray(appends)) return false;
    return (appends as readonly StreamAppend[]).some(append =>
      append?.events?.some?.(event => this.#names.has(event?.name)),
    );
  }

  async #together(
    appends: readonly StreamAppend[],
    options: AppendOptions | undefined,
    { versions, proven, leftOut }: Believed,
  ): Promise<AppendOutcome> {
    const handled: string[] = [];
    const outcome = await this.store.transaction(async transaction => {
      handled.length = 0;
      const positions = new Map<InlineVersion, bigint>();
      for (const version of versions) positions.set(version, await transaction.lock(version.checkpoint));
      const appended = await transaction.append(appends, options);
      if (!appended.ok || appended.events.length === 0) return appended;
      const append = appendOf(transaction, appended.events);
      for (const [version, position] of positions) {
        if (leftOut.has(keyOf(version))) continue;
        const took = await this.#take(append, version, position);
        // A version that is far behind is left to its processor. But it may have been dropped, so the versions are
        // looked up once more first.
        if (!took && !proven) throw new StaleVersions();
        if (took) handled.push(version.checkpoint.projection);
      }
      return appended;
    });
    if (outcome.ok) for (const name of handled) this.observer.changed(name);
    return outcome;
  }

  /** Returns false if the version is too far behind to catch up here, or cannot take an earlier event. */
  async #take(append: Append, inline: InlineVersion, from: bigint): Promise<boolean> {
    const { handling, replayUntil, checkpoint } = inline;
    const { projection, version } = checkpoint;
    if (from >= append.events.at(-1)!.position) return true;
    const missing = await append.missing(from);
    if (!missing) return false;
    const documents = new BufferedDocuments(
      projection,
      ids => append.transaction.get(projection, version, ids),
      false,
      handling.fields,
    );
    const effects = { documents, work: new PageWork(new Map()), signal: NEVER };
    for (const event of [...missing, ...append.events]) {
      const replaying = event.position <= replayUntil;
      const failure = event.position > from ? await handling.handle(event, replaying, effects) : undefined;
      // Too far behind to catch up in an append.
      if (documents.bytes > MAX_PAGE_BYTES && !append.has(event)) return false;
      if (!failure) continue;
      if (append.has(event)) throw this.#refused(projection, failure.error, refusal(projection, event, failure.error));
      this.#waits(inline, event, failure.error);
      return false;
    }
    await this.#commit(append, inline, from, effects);
    return true;
  }

  async #commit(
    append: Append,
    inline: InlineVersion,
    from: bigint,
    { documents, work }: InlineEffects,
  ): Promise<void> {
    const { checkpoint } = inline;
    const { projection, version } = checkpoint;
    const to = append.events.at(-1)!.position;
    const { lateWrite } = documents;
    if (lateWrite && append.has(lateWrite.event))
      throw this.#refused(projection, lateWrite.error, refusal(projection, lateWrite.event, lateWrite.error));
    documents.close((error, event) => this.#failed(projection, event, error));
    try {
      if (lateWrite) throw lateWrite.error;
      const outcome = await append.transaction.commit({
        checkpoint,
        from,
        to,
        writes: documents.writes(version),
        work: work.forCommit(),
      });
      if (!outcome.ok) throw new StaleVersions();
    } catch (error) {
      const event = lateWrite ? lateWrite.event : work.eventOf(error);
      if (!event) throw error;
      if (append.has(event))
        throw this.#refused(projection, error, isError(error) ? error : refusal(projection, event, error));
      this.#waits(inline, event, error);
      throw new Behind(inline);
    }
  }

  /** The append is not to blame for an earlier event. */
  #waits({ checkpoint: { projection } }: InlineVersion, event: RecordedEvent, error: unknown): void {
    this.#failed(projection, event, error, 'it waits for its processor');
  }

  /** Its event is not stored, so it has no position. */
  #refused(projection: string, error: unknown, reason: unknown): Refused {
    this.observer.failed(projection, error, undefined);
    return new Refused(reason);
  }

  #failed(name: string, event: RecordedEvent, error: unknown, consequence?: string): void {
    this.observer.failed(name, error, event.position);
    reportFailure(
      error,
      { kind: 'inline-projection', name, event, position: event.position },
      this.reporting,
      consequence,
    );
  }
}

interface InlineEffects {
  readonly documents: BufferedDocuments;
  readonly work: PageWork;
}

const refusal = (projection: string, event: RecordedEvent, error: unknown): InlineProjectionError =>
  new InlineProjectionError(projection, event.name, error);

const keyOf = ({ checkpoint: { projection, version } }: InlineVersion): string => `${version} ${projection}`;

const NEVER = new AbortController().signal;

const isStale = (error: unknown): boolean =>
  error instanceof StaleVersions || (EventualityError.is(error) && error.code === 'UNKNOWN_READ_MODEL');

function appendOf(transaction: ProjectionTransaction, events: readonly RecordedEvent[]): Append {
  const first = events[0]!.position;
  const read = new Map<bigint, Promise<readonly RecordedEvent[] | undefined>>();
  const missing = async (after: bigint): Promise<readonly RecordedEvent[] | undefined> => {
    if (after >= first - 1n) return [];
    const page = await transaction.readAll({ after, limit: PAGE_LIMIT });
    const before = page.filter(({ position }) => position < first);
    if (before.length < PAGE_LIMIT) return before;
    const [next] = await transaction.readAll({ after: before.at(-1)!.position, limit: 1 });
    return next!.position < first ? undefined : before;
  };
  return {
    transaction,
    events,
    has: ({ position }) => position >= first,
    missing: after => {
      const found = read.get(after) ?? missing(after);
      read.set(after, found);
      return found;
    },
  };
}
