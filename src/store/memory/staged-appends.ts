import { type Clock, isoTime, type RecordedEvent, sealPayload } from '../../messages';
import { claimOf, commandIsDone } from '../kit/commands/command-checks';
import { checkAppends } from '../kit/events/checks';
import type { LogPage } from '../kit/events/event-pages';
import { logPage } from '../kit/events/page-checks';
import { conflictsOf, recordAppends } from '../kit/events/record-appends';
import { recordedMarks } from '../kit/events/record-event';
import { repeatedEvents } from '../kit/events/repeated-events';
import type { TransactionMutex } from '../kit/transactions/transaction-mutex';
import type { ClaimName } from '../ports/command-journal';
import type { EventsBeside } from '../ports/projection-transaction';
import type { AppendOptions, AppendOutcome, StreamAppend } from '../ports/stream-append';
import type { StreamName } from '../ports/stream-name';
import { streamKey } from '../ports/stream-name';
import type { InMemoryCommandJournal } from './in-memory-command-journal';

/** What an event store in memory provides to the transactions of its projections. */
export interface TransactionEvents {
  readonly beside: EventsBeside;
  readonly clock: Clock;
  readonly turns: TransactionMutex;
  commands(): InMemoryCommandJournal;
  refuseWhenClosed(): void;
  versionOf(stream: StreamName): number;
  stored(id: string): RecordedEvent | undefined;
  lastPosition(): bigint;
  readAll(page: { readonly after: bigint; readonly limit: number }): readonly RecordedEvent[];
  /** Keeps events, all of them or none. */
  write(events: readonly RecordedEvent[]): void;
}

/**
 * The appends of one transaction, hidden from all readers until {@link keep}. Meanwhile the store accepts no others.
 */
export class StagedAppends {
  readonly #events: RecordedEvent[] = [];
  readonly #byId = new Map<string, RecordedEvent>();
  readonly #versions = new Map<string, number>();
  /** The results of commands to record, by command id. */
  readonly #results = new Map<string, { readonly command: ClaimName; readonly events: readonly RecordedEvent[] }>();

  constructor(private readonly store: TransactionEvents) {}

  append({ appends, command }: SealedAppend): AppendOutcome {
    const done = command && (this.#results.has(command.id) || this.store.commands().isDone(command));
    const repeated = repeatedEvents(appends, id => this.#byId.get(id) ?? this.store.stored(id));
    if (done && !repeated) throw commandIsDone(command);
    const outcome = repeated ? { ok: true as const, events: repeated } : this.#append(appends);
    if (command && outcome.ok) this.#results.set(command.id, { command, events: outcome.events });
    return outcome;
  }

  readAll(page?: LogPage): readonly RecordedEvent[] {
    const { after, limit } = logPage(page);
    const stored = this.store.readAll({ after, limit });
    return [...stored, ...this.#events.filter(({ position }) => position > after)].slice(0, limit);
  }

  keep(): void {
    if (this.#events.length > 0) this.store.write(this.#events);
    for (const { command, events } of this.#results.values()) this.store.commands().record(command, events);
  }

  #append(appends: readonly StreamAppend[]): AppendOutcome {
    const versionOf = (stream: StreamName): number => this.#version(stream);
    const conflicts = conflictsOf(appends, versionOf);
    if (conflicts) return { ok: false, conflicts };
    const last = this.store.lastPosition() + BigInt(this.#events.length);
    const events = recordAppends(appends, { versionOf, last, recordedAt: isoTime(this.store.clock.now()) });
    for (const event of events) {
      this.#versions.set(streamKey(event), event.version);
      this.#byId.set(event.id, event);
      this.#events.push(event);
    }
    return { ok: true, events: Object.freeze(events) };
  }

  #version(stream: StreamName): number {
    return this.#versions.get(streamKey(stream)) ?? this.store.versionOf(stream);
  }
}

/** Checked appends, which their caller cannot change while they wait. */
export interface SealedAppend {
  readonly appends: readonly StreamAppend[];
  readonly command: ClaimName | undefined;
}

/** Checks appends and seals them. @throws what `append` of an event store throws */
export function sealedAppend(appends: readonly StreamAppend[], options?: AppendOptions): SealedAppend {
  checkAppends(appends);
  const sealed = appends.map(({ stream: { aggregateName, aggregateId }, expected, events }) => ({
    stream: { aggregateName, aggregateId },
    expected,
    events: events.map(event => ({
      ...event,
      payload: sealPayload(event.payload, event.name),
      ...(event.metadata && { metadata: sealPayload(event.metadata, 'metadata') }),
      ...(event.marks && { marks: recordedMarks(event.marks) }),
    })),
  }));
  return { appends: sealed, command: claimOf(appends, options) };
}

/** Appends after the transactions in progress. @throws what `append` of an event store throws */
export async function appendInTurn(
  store: TransactionEvents,
  appends: readonly StreamAppend[],
  options: AppendOptions | undefined,
): Promise<AppendOutcome> {
  const sealed = sealedAppend(appends, options);
  return store.turns.take(() => {
    const staged = new StagedAppends(store);
    const outcome = staged.append(sealed);
    staged.keep();
    return outcome;
  });
}
