import { type Clock, isoTime, type RecordedEvent, sealPayload } from '../messages';
import { checkAppends, isExpected, storePage } from './checks';
import { DuplicateEventError } from './errors';
import type { AppendOutcome, Conflict, NewEvent, StorePage, StreamAppend, StreamName } from './event-store';
import { recordEvent, recordedMarks } from './record-event';
import { streamKey } from './stream-name';
import type { Turns } from './turns';

/** What an event store in memory lends to the transactions of its projections. */
export interface TransactionEvents {
  readonly clock: Clock;
  readonly turns: Turns;
  refuseWhenClosed(): void;
  versionOf(stream: StreamName): number;
  stored(id: string): RecordedEvent | undefined;
  lastPosition(): number;
  readAll(page: { readonly after: bigint; readonly limit: number }): readonly RecordedEvent[];
  /** Keeps events, all of them or none. */
  write(events: readonly RecordedEvent[]): void;
}

/** The appends of one transaction, which nobody else sees before {@link keep}. Meanwhile the store takes no others. */
export class StagedAppends {
  readonly #events: RecordedEvent[] = [];
  readonly #byId = new Map<string, RecordedEvent>();
  readonly #versions = new Map<string, number>();

  constructor(private readonly store: TransactionEvents) {}

  append(appends: readonly StreamAppend[]): AppendOutcome {
    const repeated = this.#repeated(appends);
    if (repeated) return { ok: true, events: Object.freeze(repeated) };
    const conflicts: Conflict[] = [];
    for (const { stream, expected } of appends) {
      const actual = this.#version(stream);
      if (!isExpected(expected, actual)) conflicts.push({ stream, expected, actual });
    }
    if (conflicts.length > 0) return { ok: false, conflicts };
    const recordedAt = isoTime(this.store.clock.now());
    const events = appends.flatMap(({ stream, events }) => events.map(event => this.#stage(event, stream, recordedAt)));
    return { ok: true, events: Object.freeze(events) };
  }

  readAll(page?: StorePage): readonly RecordedEvent[] {
    const { after, limit } = storePage(page);
    const stored = this.store.readAll({ after, limit });
    return [...stored, ...this.#events.filter(({ position }) => position > after)].slice(0, limit);
  }

  keep(): void {
    if (this.#events.length > 0) this.store.write(this.#events);
  }

  #stage(event: NewEvent, stream: StreamName, recordedAt: string): RecordedEvent {
    const version = this.#version(stream) + 1;
    const position = BigInt(this.store.lastPosition() + this.#events.length + 1);
    const recorded = recordEvent(event, stream, version, position, recordedAt);
    this.#versions.set(streamKey(stream), version);
    this.#byId.set(recorded.id, recorded);
    this.#events.push(recorded);
    return recorded;
  }

  #version(stream: StreamName): number {
    return this.#versions.get(streamKey(stream)) ?? this.store.versionOf(stream);
  }

  /** Returns the stored events when every event of the appends is stored, by its id, in the stream it is meant for. */
  #repeated(appends: readonly StreamAppend[]): RecordedEvent[] | undefined {
    const wanted = appends.flatMap(({ stream, events }) => events.map(({ id }) => ({ id, stream })));
    const found = wanted.map(({ id, stream }) => {
      const stored = id === undefined ? undefined : (this.#byId.get(id) ?? this.store.stored(id));
      return stored && { stored, fits: streamKey(stored) === streamKey(stream) };
    });
    const duplicate = found.find(each => each !== undefined);
    if (!duplicate) return undefined;
    if (!found.every(each => each?.fits)) throw new DuplicateEventError(duplicate.stored.id);
    return found.map(each => each!.stored);
  }
}

/** Checks appends and makes a copy of them that nobody can change while it waits. @throws what `checkAppends` and `sealPayload` throw */
export function sealedAppends(appends: readonly StreamAppend[]): readonly StreamAppend[] {
  checkAppends(appends);
  return appends.map(({ stream: { aggregateName, aggregateId }, expected, events }) => ({
    ...{ stream: { aggregateName, aggregateId }, expected },
    events: events.map(event => ({
      ...event,
      payload: sealPayload(event.payload, event.name),
      ...(event.metadata && { metadata: sealPayload(event.metadata, 'metadata') }),
      ...(event.marks && { marks: recordedMarks(event.marks) }),
    })),
  }));
}

/** Appends after the transactions that are under way. @throws what `append` of an event store throws */
export async function appendInTurn(store: TransactionEvents, appends: readonly StreamAppend[]): Promise<AppendOutcome> {
  const sealed = sealedAppends(appends);
  return store.turns.take(() => {
    const staged = new StagedAppends(store);
    const outcome = staged.append(sealed);
    staged.keep();
    return outcome;
  });
}
