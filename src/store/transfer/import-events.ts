import {
  aFunction,
  aSignal,
  EventualityError,
  jsonable,
  must,
  type OptionChecks,
  type RecordedEvent,
  refuseArguments,
  refuseOptions,
} from '../../messages';
import { anEventStore } from '../kit/events/option-checks';
import { InvalidImportError, type InvalidRestoreError, RestoreUnsupportedError } from '../ports/errors';
import type { EventStore, RestoreOutcome } from '../ports/event-store';
import { eventOfLine } from './event-line';
import { type TextPieces, textLines } from './text-lines';

/** The progress of an import. `JSON.stringify` writes the position as decimal text. */
export interface ImportReport {
  /** How many events were written. */
  readonly imported: number;
  /** How many were already stored. */
  readonly skipped: number;
  /**
   * The position of the last line, whose event is stored; 0n without lines. It is where to continue, not the end of the
   * target, which may contain more events.
   */
  readonly position: bigint;
}

/** Options of an import. */
export interface ImportOptions {
  /** Called after each batch. An error that it throws ends the import. */
  readonly progress?: (report: ImportReport) => void;
  /** Ends the import with the signal's reason; written events stay. */
  readonly signal?: AbortSignal;
}

const IMPORT_OPTIONS: OptionChecks<ImportOptions> = { progress: aFunction, signal: aSignal };

const someLines = must(
  "pieces of text or bytes, such as a file's stream",
  value => typeof (value?.[Symbol.asyncIterator] ?? value?.[Symbol.iterator]) === 'function',
);

const BATCH_EVENTS = 500;
/** The maximum size of a batch of several events, in characters, so that memory use stays flat for large events. */
const MAX_BATCH_CHARACTERS = 4 * 1024 * 1024;

/**
 * Imports events that `exportEvents` wrote, unchanged: with ids, positions, versions, metadata and times.
 *
 * - It can be repeated: an event that is already stored (same id, stream and version) is skipped. To continue an
 *   interrupted import, run it again.
 * - Other events must come after the last position of the store, and continue their streams without a gap.
 * - Events are written in batches of 500, fewer if they are large, each batch completely or not at all. Memory holds
 *   one batch, whatever the size of the file.
 *
 * `lines` is text, or bytes in UTF-8, split anywhere: a file stream, or lines with or without line breaks. Blank lines
 * are skipped, but counted.
 *
 * @example const { imported, skipped } = await importEvents(store, createReadStream('events.jsonl'));
 * @throws InvalidOptionsError, InvalidImportError with the number of the line, RestoreUnsupportedError, the signal's
 * reason, and errors of the store
 */
export async function importEvents(
  store: EventStore,
  lines: TextPieces,
  options: ImportOptions = {},
): Promise<ImportReport> {
  refuseArguments('importEvents', { store: [store, anEventStore], lines: [lines, someLines] });
  refuseOptions('importEvents', options, IMPORT_OPTIONS);
  const { progress, signal } = options;
  if (!store.restore) throw new RestoreUnsupportedError();
  let report: ImportReport = jsonable({ imported: 0, skipped: 0, position: 0n });
  let batch = new Batch();
  const write = async (): Promise<void> => {
    signal?.throwIfAborted();
    report = sum(report, await batch.restoreInto(store), batch.position);
    batch = new Batch();
    progress?.(report);
  };
  for await (const { number, text } of textLines(lines, signal)) {
    if (batch.length === BATCH_EVENTS || (batch.length > 0 && batch.characters + text.length > MAX_BATCH_CHARACTERS))
      await write();
    batch.add(text, number);
  }
  if (batch.length > 0) await write();
  return report;
}

/** Events that are written together, and the numbers of their lines. */
class Batch {
  readonly #events: RecordedEvent[] = [];
  readonly #lines: number[] = [];
  characters = 0;

  get length(): number {
    return this.#events.length;
  }

  get position(): bigint {
    return this.#events.at(-1)!.position;
  }

  add(text: string, line: number): void {
    this.#events.push(eventOfLine(text, line));
    this.#lines.push(line);
    this.characters += text.length;
  }

  async restoreInto(store: EventStore): Promise<RestoreOutcome> {
    try {
      return await store.restore!(this.#events);
    } catch (error) {
      if (!isInvalidRestore(error)) throw error;
      throw new InvalidImportError(this.#lines[error.index]!, error.fault, error);
    }
  }
}

// By the code, because the store may come from another copy of the package.
const isInvalidRestore = (error: unknown): error is InvalidRestoreError =>
  EventualityError.is(error) && error.code === 'INVALID_RESTORE';

const sum = (report: ImportReport, { restored, skipped }: RestoreOutcome, position: bigint): ImportReport =>
  jsonable({ imported: report.imported + restored, skipped: report.skipped + skipped, position });
