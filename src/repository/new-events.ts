import { type CommandMessage, derivedId, type EventMarks, type SealedEvent } from '../messages';
import type { AppendOutcome, EventStore, ExpectedVersion, NewEvent, StreamAppend, StreamName } from '../store';

/** The changes of a command to one stream. */
export interface StreamChanges {
  readonly stream: StreamName;
  readonly expected: ExpectedVersion;
  readonly changes: readonly SealedEvent[];
}

/**
 * Creates the appends of a command: with its metadata, and, if it has an id, with event ids that a repetition creates
 * again.
 */
export function newAppends(message: CommandMessage, changes: readonly StreamChanges[]): StreamAppend[] {
  let made = 0;
  return changes.map(each => {
    const append = newAppend(message, each.stream, each.expected, each.changes, made);
    made += each.changes.length;
    return append;
  });
}

/** Creates the append of a command to one stream, after so many events of its other streams. */
export function newAppend(
  message: CommandMessage,
  stream: StreamName,
  expected: ExpectedVersion,
  changes: readonly SealedEvent[],
  before = 0,
): StreamAppend {
  const events =
    changes.length === 1
      ? [newEvent(message, changes[0]!, before + 1)]
      : changes.map((change, index) => newEvent(message, change, before + index + 1));
  return { stream, expected, events };
}

function newEvent(message: CommandMessage, change: SealedEvent, place: number): NewEvent {
  const event = unmarked(message, change, place);
  return change.state || change.deletes ? { marks: marksOf(change), ...event } : event;
}

function unmarked({ metadata, options }: CommandMessage, change: SealedEvent, place: number): NewEvent {
  const { name } = change;
  const { schemaVersion, payload } = change.stored ?? change;
  if (options.commandId === undefined) return { name, schemaVersion, payload, metadata };
  return { name, schemaVersion, payload, metadata, id: derivedId(options.commandId, place) };
}

const marksOf = ({ state, deletes }: SealedEvent): EventMarks => ({
  ...(state && { state }),
  ...(deletes && { deleted: true }),
});

/** Appends for a command; if it is claimed, its result is recorded with the events. Without a promise if possible. */
export function appendFor(
  message: CommandMessage,
  store: EventStore,
  appends: readonly StreamAppend[],
): AppendOutcome | Promise<AppendOutcome> {
  const { claim } = message;
  return claim ? appendClaimed(claim, store, appends) : (store.direct?.appendNow(appends) ?? store.append(appends));
}

async function appendClaimed(
  claim: Claim,
  store: EventStore,
  appends: readonly StreamAppend[],
): Promise<AppendOutcome> {
  const outcome = await store.append(appends, { command: claim });
  claim.recorded = outcome.ok;
  return outcome;
}

type Claim = NonNullable<CommandMessage['claim']>;
