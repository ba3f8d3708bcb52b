import { type Clock, EventualityError, isoTime, type RecordedEvent } from '../../../messages';
import {
  type AppendOutcome,
  ClaimLostError,
  type Conflict,
  commandIsDone,
  isExpected,
  recordEvent,
  repeatedEvents,
} from '../../../store';
import type { SqliteConnection } from '../connection/driver';
import { inPreparedTransaction } from '../connection/in-transaction';
import { resultCode } from '../connection/result-code';
import { type EventRow, recordedEvent } from '../read/event-row';
import type { Statements } from '../read/statements';
import type { AppendRequest, StreamRequest } from './append-request';
import type { CommandRecords } from './command-records';

/** The outcome of one request of a batch. */
export type WriteResult = AppendOutcome | EventualityError;

interface FoundStream {
  readonly stream: number;
  readonly version: number;
}

/**
 * Writes several requests in one transaction. Each request is checked before any of it is written, so none has to be
 * rolled back by itself.
 */
export class AppendWriter {
  #position = 0;
  #stream = 0;
  #recordedAt = '';

  constructor(
    private readonly connection: SqliteConnection,
    private readonly statements: Statements,
    private readonly commands: CommandRecords,
    private readonly clock: Clock,
  ) {}

  /** Writes a batch, in the order given: all results hold, or it throws and nothing was written. */
  write(requests: readonly AppendRequest[]): WriteResult[] {
    try {
      return this.#write(requests, false);
    } catch (error) {
      if (resultCode(error) !== 'SQLITE_CONSTRAINT') throw error;
      // An event is stored already. Checking that before each write would cost a sixth of the throughput, and it is
      // rare.
      return this.#write(requests, true);
    }
  }

  /** Writes a request in the caller's transaction. @throws DuplicateEventError, ClaimLostError, InvalidAppendError */
  writeWithin(request: AppendRequest): AppendOutcome {
    if (request.eventCount === 0) return { ok: true, events: Object.freeze([]) };
    this.#begin();
    const result = this.#result(request, true);
    if (result instanceof Error) throw result;
    return result;
  }

  #begin(): void {
    // Read inside the lock, because other processes assign positions too. Assigning them here is cheaper than asking
    // SQLite which ones it assigned.
    const last = this.statements.lastKeys.get() as { position: number | null; stream: number | null };
    this.#position = last.position ?? 0;
    this.#stream = last.stream ?? 0;
    this.#recordedAt = isoTime(this.clock.now());
  }

  #write(requests: readonly AppendRequest[], someRepeated: boolean): WriteResult[] {
    return inPreparedTransaction(this.connection, this.statements, () => {
      this.#begin();
      return requests.map(request => this.#result(request, someRepeated));
    });
  }

  #result(request: AppendRequest, someRepeated: boolean): WriteResult {
    const { command } = request;
    if (!command) return this.#append(request, someRepeated);
    const state = this.commands.stateOf(command);
    if (!state) return new ClaimLostError(command.id);
    if (state === 'done') return this.#repeated(request) ?? commandIsDone(command);
    const result = this.#append(request, someRepeated);
    if (!(result instanceof Error) && result.ok) this.commands.record(command, result.events);
    return result;
  }

  #append(request: AppendRequest, someRepeated: boolean): WriteResult {
    const found = request.streams.map(({ stream }) => this.#find(stream));
    const conflicts: Conflict[] = [];
    for (const [index, { stream, expected }] of request.streams.entries()) {
      const actual = found[index]?.version ?? 0;
      if (!isExpected(expected, actual)) conflicts.push({ stream, expected, actual });
    }
    if (request.chosenIds && (someRepeated || conflicts.length > 0)) {
      const repeated = this.#repeated(request);
      if (repeated) return repeated;
    }
    if (conflicts.length > 0) return { ok: false, conflicts };
    const events = request.streams.flatMap((each, index) => this.#add(each, found[index]));
    return { ok: true, events: Object.freeze(events) };
  }

  #find({ aggregateName, aggregateId }: StreamRequest['stream']): FoundStream | undefined {
    return this.statements.findStream.get(aggregateName, aggregateId) as FoundStream | undefined;
  }

  /** Answers with the stored events if the whole request is stored. */
  #repeated({ streams }: AppendRequest): WriteResult | undefined {
    const appends = streams.map(({ stream, expected, events }) => ({
      stream,
      expected,
      events: events.map(({ event }) => event),
    }));
    const stored = (id: string): RecordedEvent | undefined => {
      const row = this.statements.findEvent.get(id) as EventRow | undefined;
      return row && recordedEvent(row);
    };
    try {
      const events = repeatedEvents(appends, stored);
      return events && { ok: true, events };
    } catch (error) {
      if (EventualityError.is(error)) return error;
      throw error;
    }
  }

  #add({ stream, events }: StreamRequest, found: FoundStream | undefined): RecordedEvent[] {
    let version = found?.version ?? 0;
    const key = this.#move(stream, found, version + events.length);
    return events.map(({ event, payloadJson, metadataJson, marksJson }) => {
      const position = ++this.#position;
      const { id, name, schemaVersion } = event;
      this.statements.addEvent.run(
        position,
        key,
        ++version,
        id,
        name,
        schemaVersion,
        payloadJson,
        metadataJson,
        marksJson,
        this.#recordedAt,
      );
      return recordEvent(event, stream, version, BigInt(position), this.#recordedAt);
    });
  }

  /** Sets the version of the stream, which is created if it is new, and returns its key. */
  #move(
    { aggregateName, aggregateId }: StreamRequest['stream'],
    found: FoundStream | undefined,
    version: number,
  ): number {
    if (!found) {
      this.statements.addStream.run(++this.#stream, aggregateName, aggregateId, version);
      return this.#stream;
    }
    this.statements.moveStream.run(version, found.stream);
    return found.stream;
  }
}
