import { InMemoryEventStore, jsonOf, type RecordedEvent } from 'eventuality';
import { LinesFile } from './lines-file';

// #region events
/**
 * Keeps events in a file: a line for each append, so that an append is there as a whole or not at all. Everything is
 * read into memory when the file is opened; versions, conflicts, pages and subscriptions are those of the in-memory
 * store. What projections make of them is in memory only, and made again after each opening. For one process at a time:
 * a second one is refused.
 */
export class JsonLinesEventStore extends InMemoryEventStore {
  private constructor(
    events: Iterable<RecordedEvent>,
    private readonly file: LinesFile,
  ) {
    super({ events });
  }

  /** Opens a file; it is made with the first append. @throws DamagedFileError, FileInUseError */
  static open(path: string): JsonLinesEventStore {
    return LinesFile.open(path, (lines, file) => new JsonLinesEventStore(recorded(lines), file));
  }

  /** Returns when the events are on the disk; what it throws rejects the append, and nothing is kept. */
  protected override persist(events: readonly RecordedEvent[]): void {
    this.file.add(JSON.stringify(jsonOf(events)));
  }

  override async close(): Promise<void> {
    await super.close();
    this.file.close();
  }
}
// #endregion events

function* recorded(lines: Iterable<string>): Generator<RecordedEvent> {
  for (const line of lines) {
    const events = JSON.parse(line) as (Omit<RecordedEvent, 'position'> & { position: string })[];
    for (const event of events) yield { ...event, position: BigInt(event.position) };
  }
}
