import {
  aDuration,
  aName,
  derivedId,
  InvalidOptionsError,
  isName,
  type MessageCause,
  metadataEntries,
  must,
  NAMES,
  newId,
  type OptionChecks,
  optionFaults,
  refuseArguments,
  type ScheduleOptions,
  sealPayload,
  shownWithType,
} from '../../messages';
import type { NewDeadline, ProcessStore } from '../../store';
import { hashOf } from '../definition/sequence';
import { dueTime, refusedTime } from '../processes/turns/due-time';
import { type StoredCause, type StoredCommand, storedCommand } from '../processes/turns/inputs';
import type { DueLook } from '../processes/work/due-look';
import type { ProcessCommands } from '../processes/work/process-commands';
import { type Occurrence, Recurrence, type RecurringOptions } from './recurrence';
import {
  COMMAND_KEY,
  NEXT_KEY,
  type NextContent,
  recurringKey,
  SCHEDULE,
  type ScheduledContent,
} from './schedule-definition';

const aKey = must(`${NAMES}, that does not begin with $`, key => isName(key) && !key.startsWith('$'));

const OPTIONS: OptionChecks<ScheduleOptions> = {
  at: (value, path, faults) => {
    if (dueTime({ at: value as Date }, 0) === undefined)
      faults.push(`${path} is ${shownWithType(value)}; it must be a Date or an ISO 8601 text.`);
  },
  in: aDuration,
  key: aKey,
  commandId: aName,
  metadata: metadataEntries,
};

/** What the schedule needs. */
export interface ScheduleParts {
  readonly commands: ProcessCommands;
  readonly processes: ProcessStore;
  readonly due: DueLook;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** The scheduled and recurring commands of a flow. */
export class Schedule {
  readonly #recurrences = new Map<string, Recurrence>();
  /** Recurring commands whose next occurrence may not be stored yet. */
  readonly #unbegun = new Set<Recurrence>();

  constructor(private readonly engine: ScheduleParts) {}

  recurrence(key: string): Recurrence | undefined {
    return this.#recurrences.get(key);
  }

  /**
   * @throws InvalidOptionsError, UnknownCommandError, InvalidMessageError, UnstorableValueError, errors of the store
   */
  async schedule(command: object, options: ScheduleOptions, cause?: MessageCause): Promise<string> {
    const dueAt = dueAtOf(options, this.engine.now());
    const { commandId: id = newId(), key = id, metadata = {} } = options;
    const content: ScheduledContent = {
      command: this.stored(command),
      cause: causeOf(id, cause, sealPayload({ ...cause?.metadata, ...metadata }, 'metadata'), dueAt),
    };
    await this.#set({ instance: key, key: COMMAND_KEY, id, dueAt, content });
    return key;
  }

  /** @throws InvalidOptionsError, errors of the store */
  async unschedule(key: string): Promise<boolean> {
    refuseArguments('unschedule', { key: [key, aKey] });
    return this.engine.processes.unschedule(SCHEDULE, key, COMMAND_KEY);
  }

  /** @throws InvalidOptionsError */
  recurring(name: string, cron: string, make: (occurrence: Occurrence) => object, options: RecurringOptions): void {
    const recurrence = new Recurrence(name, cron, make, options);
    const key = recurringKey(name);
    if (this.#recurrences.has(key))
      throw new InvalidOptionsError('recurring', [
        `the name '${name}' belongs to another recurring command. Choose another one.`,
      ]);
    this.#recurrences.set(key, recurrence);
    this.#unbegun.add(recurrence);
  }

  /** Makes sure that the next occurrence of each recurring command is stored. @throws errors of the store */
  async begin(): Promise<void> {
    for (const recurrence of this.#unbegun) {
      await this.#begin(recurrence);
      this.#unbegun.delete(recurrence);
    }
  }

  /** Returns the deadline of the next occurrence after a time; undefined if there is none. */
  next({ name, cron, timeZone }: Recurrence, dueAt: number | undefined): NewDeadline | undefined {
    if (dueAt === undefined) return undefined;
    const instance = recurringKey(name);
    const content: NextContent = { cron, timeZone, dueAt };
    // The same id in every process.
    const id = derivedId(`${SCHEDULE} ${instance} ${cron} ${timeZone} ${dueAt}`, 1);
    return { instance, hash: hashOf(instance), key: NEXT_KEY, id, run: 1, dueAt, content };
  }

  /**
   * Returns the deadline of an occurrence.
   * @throws what `make` throws, UnknownCommandError, InvalidMessageError, UnstorableValueError
   */
  occurrence({ name, make }: Recurrence, dueAt: number): NewDeadline {
    const instance = recurringKey(name);
    const id = derivedId(`${SCHEDULE} ${instance} ${dueAt}`, 2);
    const command = this.stored(make({ dueAt: new Date(dueAt) }));
    const content: ScheduledContent = { command, cause: causeOf(id, undefined, {}, dueAt) };
    return { instance, hash: hashOf(instance), key: `at ${new Date(dueAt).toISOString()}`, id, run: 1, dueAt, content };
  }

  stored(command: object): StoredCommand {
    return storedCommand(this.engine.commands.checkedName(command), command);
  }

  async #begin(recurrence: Recurrence): Promise<void> {
    const instance = recurringKey(recurrence.name);
    const known = await this.engine.processes.deadlines(SCHEDULE, { instance });
    const next = known.find(({ key }) => key === NEXT_KEY);
    const content = next?.content as NextContent | undefined;
    if (content?.cron === recurrence.cron && content.timeZone === recurrence.timeZone) return;
    const deadline = this.next(recurrence, recurrence.after(this.engine.now()));
    if (deadline) await this.#set(deadline);
  }

  async #set(deadline: Omit<NewDeadline, 'hash' | 'run'>): Promise<void> {
    await this.engine.processes.schedule(SCHEDULE, [{ ...deadline, hash: hashOf(deadline.instance), run: 1 }]);
    this.engine.due.expect(deadline.dueAt);
  }
}

/** Returns when a command is due, in milliseconds since 1970. @throws InvalidOptionsError */
function dueAtOf(options: ScheduleOptions, now: number): number {
  refuse(optionFaults(options, OPTIONS));
  const { at, in: after } = options;
  if ((at === undefined) === (after === undefined))
    refuse(["give one of both: { at: new Date(...) } or { in: '30m' }."]);
  const dueAt = dueTime(at === undefined ? { in: after! } : { at }, now)!;
  const refused = refusedTime(dueAt, now);
  if (refused) refuse([`it is due at ${refused}`]);
  return dueAt;
}

function refuse(faults: readonly string[]): void {
  if (faults.length > 0) throw new InvalidOptionsError('schedule', faults);
}

function causeOf(id: string, cause: MessageCause | undefined, metadata: object, dueAt: number): StoredCause {
  return {
    id: cause?.id ?? id,
    correlationId: cause?.correlationId ?? id,
    metadata: { ...metadata, dueAt: new Date(dueAt).toISOString() },
  };
}
