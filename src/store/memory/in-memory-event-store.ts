import { aClock, type Clock, isoTime, must, type RecordedEvent, refuseOptions, systemClock } from '../../messages';
import { claimOf, commandIsDone } from '../kit/commands/command-checks';
import { checkAppends, checkStream, givesIds } from '../kit/events/checks';
import { matcherOf } from '../kit/events/event-filter';
import type { ListedStream, StorePage, StreamPage, StreamsPage } from '../kit/events/event-pages';
import { listed, streamsOf } from '../kit/events/list-streams';
import { refuseSubscribeOptions } from '../kit/events/option-checks';
import { type CheckedStorePage, isWholeLog, storePage, streamPage, streamsPage } from '../kit/events/page-checks';
import { conflictsOf, recordAppends } from '../kit/events/record-appends';
import { repeatedEvents } from '../kit/events/repeated-events';
import { eventsToRestore, type StoredPlace, sealRestored } from '../kit/events/restoring';
import { Subscription } from '../kit/events/subscription';
import { TransactionMutex } from '../kit/transactions/transaction-mutex';
import type { ClaimName, CommandJournal } from '../ports/command-journal';
import type { DirectAccess } from '../ports/direct-access';
import { StoreClosedError } from '../ports/errors';
import type { EventStore, RestoreOutcome, SubscribeOptions } from '../ports/event-store';
import type { ProjectionStore } from '../ports/projection-store';
import type { SnapshotStore } from '../ports/snapshot-store';
import type { AppendOptions, AppendOutcome, StreamAppend } from '../ports/stream-append';
import type { StreamName } from '../ports/stream-name';
import { InMemoryCommandJournal } from './in-memory-command-journal';
import { InMemoryProjectionStore } from './in-memory-projection-store';
import { InMemorySnapshotStore } from './in-memory-snapshot-store';
import { appendInTurn, type TransactionEvents } from './staged-appends';

const anIterable = must(
  'a list of recorded events, or another iterable',
  value => typeof value?.[Symbol.iterator] === 'function',
);
const NO_EVENTS: readonly RecordedEvent[] = Object.freeze([]);

/** Keeps events in memory: complete in its semantics, gone when the process ends. */
export class InMemoryEventStore implements EventStore, DirectAccess {
  readonly snapshots: SnapshotStore;
  readonly projections: ProjectionStore;
  readonly commands: CommandJournal;
  readonly #commands: InMemoryCommandJournal;
  readonly #streams = new Map<string, Map<string, RecordedEvent[]>>();
  #lastFound: RecordedEvent[] | undefined;
  readonly #all: RecordedEvent[] = [];
  /** Filled up to the newest event only when an append chooses an id: see #withIds. */
  readonly #byId = new Map<string, RecordedEvent>();
  readonly #subscriptions = new Set<Subscription>();
  readonly #clock: Clock;
  readonly #turns = new TransactionMutex();
  readonly #shared: TransactionEvents = {
    beside: { store: this, append: InMemoryEventStore.prototype.append, readAll: InMemoryEventStore.prototype.readAll },
    clock: { now: () => this.#clock.now() },
    turns: this.#turns,
    commands: () => this.#commands,
    refuseWhenClosed: () => this.#refuseWhenClosed(),
    versionOf: stream => this.#stream(stream)?.length ?? 0,
    stored: id => this.#withIds().get(id),
    lastPosition: () => this.#lastPosition,
    readAll: page => this.#page({ ...page, direction: 'forward' }),
    write: events => this.#write(events),
  };
  #lastPosition = 0n;
  #closed = false;

  /**
   * @param options `clock` dates the events, default the system clock; `events` are the initial contents
   * @throws InvalidOptionsError; InvalidRestoreError if an event is incomplete, or does not follow the events before it
   */
  constructor(options: { readonly clock?: Clock; readonly events?: Iterable<RecordedEvent> } = {}) {
    refuseOptions('new InMemoryEventStore', options, { clock: aClock, events: anIterable });
    this.#clock = options.clock ?? systemClock;
    this.snapshots = new InMemorySnapshotStore({ clock: this.#clock }, this.#shared);
    this.projections = new InMemoryProjectionStore({ clock: this.#clock }, this.#shared);
    this.#commands = new InMemoryCommandJournal({ clock: this.#clock }, this.#shared);
    this.commands = this.#commands;
    // One by one, so that a source that counts knows which one was refused; none is stored already.
    for (const event of options.events ?? [])
      for (const fresh of this.#fresh(sealRestored([event]), () => undefined)) this.#keep(fresh);
  }

  /** Absent if a subclass, or a spy, has its own `append` or `read`, which must not be bypassed. */
  get direct(): DirectAccess | undefined {
    const { append, read } = InMemoryEventStore.prototype;
    return #closed in this && this.append === append && this.read === read ? this : undefined;
  }

  async append(appends: readonly StreamAppend[], options?: AppendOptions): Promise<AppendOutcome> {
    return this.appendNow(appends, options) ?? appendInTurn(this.#shared, appends, options);
  }

  /** As `read`, without a promise. @throws as `read` rejects */
  readNow(stream: StreamName, page?: StreamPage): readonly RecordedEvent[] {
    this.#refuseWhenClosed();
    checkStream(stream);
    const { from, limit } = streamPage(page);
    return this.#stream(stream)?.slice(from - 1, from - 1 + limit) ?? NO_EVENTS;
  }

  /** As `append`, without a promise; undefined while transactions are in progress. @throws as `append` rejects */
  appendNow(appends: readonly StreamAppend[], options?: AppendOptions): AppendOutcome | undefined {
    this.#refuseWhenClosed();
    if (this.#turns.taken) return undefined;
    checkAppends(appends);
    return this.#append(appends, options && claimOf(appends, options));
  }

  async restore(events: readonly RecordedEvent[]): Promise<RestoreOutcome> {
    this.#refuseWhenClosed();
    const whole = sealRestored(events);
    return this.#turns.pass(() => {
      const fresh = this.#fresh(whole, id => this.#withIds().get(id));
      if (fresh.length > 0) this.#write(fresh);
      return { restored: fresh.length, skipped: whole.length - fresh.length };
    });
  }

  async read(stream: StreamName, page?: StreamPage): Promise<readonly RecordedEvent[]> {
    return this.readNow(stream, page);
  }

  async readAll(page?: StorePage): Promise<readonly RecordedEvent[]> {
    this.#refuseWhenClosed();
    return this.#page(storePage(page));
  }

  async streams(page?: StreamsPage): Promise<readonly ListedStream[]> {
    this.#refuseWhenClosed();
    const checked = streamsPage(page);
    const last: ListedStream[] = [];
    for (const streams of this.#streams.values())
      for (const events of streams.values()) last.push(listed(events.at(-1)!));
    return streamsOf(last, checked);
  }

  subscribe(options: SubscribeOptions = {}): AsyncIterable<readonly RecordedEvent[]> {
    this.#refuseWhenClosed();
    refuseSubscribeOptions(options);
    const subscription: Subscription = new Subscription({
      ...options,
      readAll: page => this.readAll(page),
      ended: () => this.#subscriptions.delete(subscription),
    });
    this.#subscriptions.add(subscription);
    return subscription;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const subscription of this.#subscriptions) subscription.end();
    await this.#turns.over();
  }

  /**
   * Called with the events of each append or restore before they are kept, for subclasses that write them elsewhere. If
   * it throws, the call rejects and nothing is kept.
   */
  protected persist(_events: readonly RecordedEvent[]): void {}

  /** In one step with the result of the command, if there is one. */
  #append(appends: readonly StreamAppend[], command?: ClaimName): AppendOutcome {
    const done = command && this.#commands.isDone(command);
    let events = givesIds(appends) ? repeatedEvents(appends, id => this.#withIds().get(id)) : undefined;
    if (!events) {
      if (done) throw commandIsDone(command);
      const conflicts = conflictsOf(appends, this.#shared.versionOf);
      if (conflicts) return { ok: false, conflicts };
      events = Object.freeze(this.#record(appends));
      this.#write(events);
    }
    if (command) this.#commands.record(command, events);
    return { ok: true, events };
  }

  #write(events: readonly RecordedEvent[]): void {
    this.persist(events);
    for (let index = 0; index < events.length; index++) this.#keep(events[index]!);
    if (this.#subscriptions.size > 0) for (const subscription of this.#subscriptions) subscription.wake();
  }

  #fresh(events: readonly RecordedEvent[], stored: (id: string) => StoredPlace | undefined): readonly RecordedEvent[] {
    return eventsToRestore(events, { last: this.#lastPosition, stored, versionOf: this.#shared.versionOf });
  }

  #page(page: CheckedStorePage): readonly RecordedEvent[] {
    const { after, upTo, limit, direction } = page;
    const start = this.#countUntil(after);
    if (isWholeLog(page)) return this.#all.slice(start, start + limit);
    const matches = matcherOf(page);
    const end = upTo === undefined ? this.#all.length : this.#countUntil(upTo);
    const step = direction === 'forward' ? 1 : -1;
    const found: RecordedEvent[] = [];
    for (let index = step > 0 ? start : end - 1; index >= start && index < end; index += step) {
      const event = this.#all[index]!;
      if ((!matches || matches(event)) && found.push(event) === limit) break;
    }
    return found;
  }

  /** Counts the events up to a position. Only restored events can leave gaps; without them no search is needed. */
  #countUntil(position: bigint): number {
    if (this.#lastPosition === BigInt(this.#all.length)) return Math.min(Number(position), this.#all.length);
    let [from, until] = [0, this.#all.length];
    while (from < until) {
      const middle = (from + until) >>> 1;
      if (this.#all[middle]!.position <= position) from = middle + 1;
      else until = middle;
    }
    return from;
  }

  #refuseWhenClosed(): void {
    if (this.#closed) throw new StoreClosedError();
  }

  /** Callers ask several times in a row for one stream, so the last one found is kept. */
  #stream({ aggregateName, aggregateId }: StreamName): RecordedEvent[] | undefined {
    const last = this.#lastFound?.[0];
    if (last?.aggregateId === aggregateId && last.aggregateName === aggregateName) return this.#lastFound;
    const found = this.#streams.get(aggregateName)?.get(aggregateId);
    if (found) this.#lastFound = found;
    return found;
  }

  /** Events are added to the index only when it is used, so that callers that never choose ids do not pay for it. */
  #withIds(): ReadonlyMap<string, RecordedEvent> {
    for (let index = this.#byId.size; index < this.#all.length; index++)
      this.#byId.set(this.#all[index]!.id, this.#all[index]!);
    return this.#byId;
  }

  #record(appends: readonly StreamAppend[]): RecordedEvent[] {
    const time = this.#clock.now();
    return recordAppends(appends, {
      versionOf: this.#shared.versionOf,
      last: this.#lastPosition,
      recordedAt: isoTime(time),
      now: this.#clock === systemClock ? time : undefined,
    });
  }

  #keep(event: RecordedEvent): void {
    const stream = this.#stream(event);
    if (stream) stream.push(event);
    else this.#begin(event);
    this.#all.push(event);
    this.#lastPosition = event.position;
  }

  #begin(event: RecordedEvent): void {
    const streams = this.#streams.get(event.aggregateName);
    if (streams) streams.set(event.aggregateId, [event]);
    else this.#streams.set(event.aggregateName, new Map([[event.aggregateId, [event]]]));
  }
}
