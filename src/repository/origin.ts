import { type CommandMessage, derivedId, type EventMarks, type SealedEvent } from '../messages';
import type { NewEvent } from '../store';

/** Makes events ready for the store: with the metadata of the command they come from, and with ids that a repeated command makes again. */
export class Origin {
  /** True when a repository outside of the unit of work has stored something: then the handler cannot be run again. */
  recorded = false;
  #made = 0;

  constructor(readonly message: CommandMessage) {}

  newEvents(changes: readonly SealedEvent[]): NewEvent[] {
    return changes.length === 1 ? [this.#newEvent(changes[0]!)] : changes.map(change => this.#newEvent(change));
  }

  #newEvent(change: SealedEvent): NewEvent {
    const event = this.#unmarked(change);
    return change.state || change.deletes ? { ...event, marks: marksOf(change) } : event;
  }

  #unmarked({ name, schemaVersion, payload }: SealedEvent): NewEvent {
    const { metadata, options } = this.message;
    if (options.commandId === undefined) return { name, schemaVersion, payload, metadata };
    return { name, schemaVersion, payload, metadata, id: derivedId(options.commandId, ++this.#made) };
  }
}

const marksOf = ({ state, deletes }: SealedEvent): EventMarks => ({ ...(state && { state }), ...(deletes && { deleted: true }) });

let current: Origin | undefined;

/** The command whose handler function runs right now, up to its first `await`. */
export const currentOrigin = (): Origin | undefined => current;

/**
 * Runs the synchronous part of a handler function as the work of a command, so that a repository made by hand and called in it finds
 * its metadata. What lies behind an `await` is on its own; `context.repository(...)` works everywhere.
 */
export function asOrigin<T>(origin: Origin, work: () => T): T {
  const outer = current;
  current = origin;
  try {
    return work();
  } finally {
    current = outer;
  }
}
