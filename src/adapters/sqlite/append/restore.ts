import type { RecordedEvent } from '../../../messages';
import { eventsToRestore, type RestoreOutcome, type RestoreRequest, type StreamName } from '../../../store';
import type { SqliteConnection } from '../connection/driver';
import { inPreparedTransaction } from '../connection/in-transaction';
import { type EventRow, recordedEvent } from '../read/event-row';
import type { Statements } from '../read/statements';

interface FoundStream {
  readonly stream: number;
  readonly version: number;
}

/** Writes recorded events as they are, in one transaction. */
export class RestoreWriter {
  constructor(
    private readonly connection: SqliteConnection,
    private readonly statements: Statements,
  ) {}

  /** Writes the events that are not stored yet. Throws, and writes nothing, if they do not continue the stored ones. */
  write(requests: readonly RestoreRequest[]): RestoreOutcome {
    return inPreparedTransaction(this.connection, this.statements, () => {
      const fresh = this.#fresh(requests);
      this.#add(requests.filter(({ event }) => fresh.has(event)));
      return { restored: fresh.size, skipped: requests.length - fresh.size };
    });
  }

  #fresh(requests: readonly RestoreRequest[]): ReadonlySet<RecordedEvent> {
    const { position } = this.statements.lastKeys.get() as { position: number | null };
    const target = {
      last: BigInt(position ?? 0),
      stored: (id: string) => {
        const row = this.statements.findEvent.get(id) as EventRow | undefined;
        return row && recordedEvent(row);
      },
      versionOf: (stream: StreamName) => this.#find(stream)?.version ?? 0,
    };
    return new Set(
      eventsToRestore(
        requests.map(({ event }) => event),
        target,
      ),
    );
  }

  #add(requests: readonly RestoreRequest[]): void {
    for (const { event, payloadJson, metadataJson, marksJson } of requests) {
      const { id, name, schemaVersion, version, recordedAt } = event;
      const key = this.#move(event, version);
      this.statements.addEvent.run(
        ...([Number(event.position), key, version, id, name, schemaVersion] as const),
        ...([payloadJson, metadataJson, marksJson, recordedAt] as const),
      );
    }
  }

  /** Sets the version of the stream, which is created if it is new, and returns its key. */
  #move(stream: StreamName, version: number): number {
    const found = this.#find(stream);
    if (found) {
      this.statements.moveStream.run(version, found.stream);
      return found.stream;
    }
    const { stream: last } = this.statements.lastKeys.get() as { stream: number | null };
    const key = (last ?? 0) + 1;
    this.statements.addStream.run(key, stream.aggregateName, stream.aggregateId, version);
    return key;
  }

  #find({ aggregateName, aggregateId }: StreamName): FoundStream | undefined {
    return this.statements.findStream.get(aggregateName, aggregateId) as FoundStream | undefined;
  }
}
