import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { derivedId, newId, type RecordedEvent } from '../../../messages';
import type { ClaimOutcome, CommandClaim, CommandJournal, EventStore, NewEvent, StreamAppend } from '../../../store';
import { numbered } from '../fixtures';

/** The journal of a store that says it has one. */
export function journalOf({ commands }: EventStore): CommandJournal {
  assert.ok(commands, 'the store has `commands`');
  return commands;
}

/** Makes a claim by a new token, for a minute, of a result that is kept for an hour. */
export const claimOf = (id: string, more: Partial<CommandClaim> = {}): CommandClaim => ({
  ...{ id, fingerprint: 'Do(1)', token: newId(), lease: 60_000, keep: 3_600_000 },
  ...more,
});

/** Claims a command, and makes sure that it goes through. */
export async function claimed(store: EventStore, id: string, more: Partial<CommandClaim> = {}): Promise<CommandClaim> {
  const claim = claimOf(id, more);
  assert.deepEqual(await journalOf(store).claim(claim), { state: 'claimed' }, `the claim of '${id}'`);
  return claim;
}

/** Claims until the claim goes through: the one before runs out by the clock of the store. */
export async function claimedInTime(
  store: EventStore,
  id: string,
  more: Partial<CommandClaim> = {},
): Promise<CommandClaim> {
  const claim = claimOf(id, more);
  while ((await journalOf(store).claim(claim)).state !== 'claimed') await pause(5);
  return claim;
}

/** Appends what a command led to, and makes sure that it goes through. */
export async function carriedOut(store: EventStore, command: CommandClaim, appends: readonly StreamAppend[]) {
  const outcome = await store.append(appends, { command });
  if (!outcome.ok) assert.fail(`conflicts where none should be: ${JSON.stringify(outcome.conflicts)}`);
  return outcome.events;
}

/** The answer to the claim of a command that has led to these events. */
export function doneWith(events: readonly RecordedEvent[], fingerprint = 'Do(1)'): ClaimOutcome {
  const { aggregateId, version } = events.at(-1)!;
  return { state: 'done', fingerprint, result: { events, aggregateId, version } };
}

/** Makes the events of a command: its ids follow from the command's. */
export const eventsOf = (commandId: string, count: number): NewEvent[] =>
  numbered(count).map((event, index) => ({ ...event, id: derivedId(commandId, index + 1) }));
