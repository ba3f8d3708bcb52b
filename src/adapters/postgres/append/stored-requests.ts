import type { RecordedEvent } from '../../../messages';
import { type AppendOutcome, ClaimLostError, commandIsDone, repeatedEvents, type StreamAppend } from '../../../store';
import type { Ask } from '../connection/statement';
import { StoredEvents } from '../read/stored-events';
import type { StoreNames } from '../schema/names';
import { plainArray, type Unresolved } from './append-batch';
import type { AppendRequest } from './append-request';
import { type CommandStatements, commandStatements } from './command-statements';

/** Determines the outcome of units that were not simply appended. */
export class StoredUnits {
  readonly #events: StoredEvents;
  readonly #commands: CommandStatements;

  constructor(
    names: StoreNames,
    private readonly clock: { now(): number } | undefined,
  ) {
    this.#events = new StoredEvents(names);
    this.#commands = commandStatements(names);
  }

  /**
   * Answers with the stored events, and records the unit's command if it is not recorded yet.
   * @throws ClaimLostError, DuplicateEventError unless every event is stored exactly as given; InvalidAppendError
   */
  async outcomeOf(unit: AppendRequest, result: Unresolved, ask: Ask): Promise<AppendOutcome> {
    const { command } = unit;
    if (result === 'lost') throw new ClaimLostError(command!.id);
    const ids = unit.events.map(event => event.id);
    const stored = await this.#events.find(ask, ids);
    const events = repeatedEvents(appendsOf(unit), id => stored.get(id));
    if (!events) throw commandIsDone(command!);
    if (command && result === 'known') await this.#record(command.id, command.token, events, ask);
    return { ok: true, events };
  }

  async #record(id: string, token: string, events: readonly RecordedEvent[], ask: Ask): Promise<void> {
    const values = [id, token, null, null, plainArray(events.map(event => event.id)), this.clock?.now()];
    const [recorded] = await ask(this.#commands.done, values);
    if (!recorded) throw new ClaimLostError(id);
  }
}

/** The appends of a unit, with their sealed events. */
function appendsOf({ appends, events }: AppendRequest): readonly StreamAppend[] {
  const left = [...events];
  return appends.map(({ stream, expected, events: given }) => ({
    stream,
    expected,
    events: left.splice(0, given.length),
  }));
}
