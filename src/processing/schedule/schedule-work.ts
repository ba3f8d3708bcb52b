import { formatError, isoTime, type RecordedEvent, reportFailure } from '../../messages';
import {
  type NewDeadline,
  type NewProcessOutput,
  type ProcessChanges,
  type StoredDeadline,
  storedNote,
} from '../../store';
import type { FailedEvent } from '../handling/failure-reports';
import { INSTANCES_VERSION, Instance, instancesOf } from '../processes/turns/instance';
import { CommandSender, type SentCommand } from '../processes/work/command-sender';
import type { DueSegment } from '../processes/work/due-look';
import type { ProcessEngine } from '../processes/work/engine';
import { isRequest, type ProcessRequest } from '../processes/work/request';
import { MAX_UNCOMMITTED_POSITIONS } from '../segments/page-taker';
import type { SegmentSurroundings, SegmentWork } from '../segments/segment-work';
import type { Schedule } from './schedule';
import { COMMAND_KEY, NEXT_KEY, type NextContent, SCHEDULE } from './schedule-definition';

/** How long a recurring command that this code does not know is left to processes with other code, in milliseconds. */
const UNKNOWN_PAUSE_MS = 60_000;

/** What a commit changes in the schedule. */
interface Changes extends ProcessChanges {
  readonly instances?: readonly Instance[];
}

/**
 * The work of a segment of the schedule: sends commands that are due under the ids of their deadlines, which are
 * deleted when the commands are done. So each takes effect once, whichever process sends it, even after a crash.
 */
export class ScheduleWork implements SegmentWork {
  readonly haltedBy: FailedEvent | undefined = undefined;
  readonly isStopped = false;
  readonly #sender: CommandSender;
  /** Deadlines whose commands are running, by the id of the command. */
  readonly #sending = new Map<string, StoredDeadline>();
  #due: DueSegment | undefined;

  constructor(
    private readonly segment: SegmentSurroundings,
    private readonly engine: ProcessEngine,
    private readonly schedule: Schedule,
  ) {
    const { ending } = segment;
    this.#sender = new CommandSender({
      commands: engine.commands,
      ...{ retry: undefined, ending },
      sent: () => segment.tickIn(0),
      troubled: error => segment.report(error, 'could not send a command; it will retry'),
    });
    ending.addEventListener('abort', () => this.#due?.end(), { once: true });
  }

  get isPending(): boolean {
    return this.#sender.size > 0;
  }

  async begin(): Promise<void> {
    await this.engine.prepare(SCHEDULE);
    const { segments, segment } = this.segment.place;
    this.#due ??= this.engine.due.begin({ process: SCHEDULE, segments, segment }, () => this.segment.tickIn(0));
  }

  /** The schedule handles no events. */
  async take(events: readonly RecordedEvent[]): Promise<boolean> {
    const { checkpoint } = this.segment;
    const to = events.at(-1)!.position;
    if (to - checkpoint.committed >= MAX_UNCOMMITTED_POSITIONS)
      return this.segment.went(await checkpoint.commit({ to, writes: [] }));
    checkpoint.pass(to);
    return true;
  }

  async tick(): Promise<void> {
    await this.schedule.begin();
    if (!(await this.#takeOutcomes()) || this.segment.ending.aborted) return;
    for (const due of (await this.#due?.take()) ?? []) {
      if (isRequest(due)) await this.#answer(due);
      else if (due.key === NEXT_KEY) await this.#recur(due);
      else if (!this.#sending.has(due.id)) this.#send(due);
    }
  }

  async waitBeforeRetry(): Promise<void> {}

  restart(): void {}

  async finish(): Promise<void> {
    await this.#sender.idle();
    await this.#takeOutcomes();
  }

  #send(due: StoredDeadline): void {
    const { id, hash, run, content } = due;
    this.#sending.set(id, due);
    // A sender runs the commands of one instance one at a time; scheduled commands do not wait for each other.
    const output: NewProcessOutput = { id, instance: id, hash, run, input: id, content: content!, status: 'pending' };
    this.#sender.add([output]);
  }

  async #takeOutcomes(): Promise<boolean> {
    const outcomes = this.#sender.takeOutcomes();
    if (outcomes.length === 0) return true;
    const failed = outcomes.filter(({ outcome }) => !outcome);
    const done = outcomes.filter(({ outcome }) => outcome).map(({ output }) => this.#sending.get(output.id)!);
    const recurring = failed.filter(each => this.#dueOf(each).key !== COMMAND_KEY);
    const parked = failed.filter(each => !recurring.includes(each));
    try {
      const gone = [...done, ...recurring.map(each => this.#dueOf(each))];
      const isStored = await this.#commit({
        clear: gone.map(({ instance, key, id }) => ({ instance, key, id })),
        hold: parked.map(each => ({ instance: this.#dueOf(each).instance, held: true })),
        instances: parked.map(each => this.#parked(each)),
      });
      if (!isStored) {
        this.#sender.putBack(outcomes);
        return false;
      }
    } catch (error) {
      this.#sender.putBack(outcomes);
      throw error;
    }
    for (const each of failed)
      this.#report(
        each,
        recurring.includes(each) ? 'its next occurrence follows' : 'it is parked until retry or discard',
      );
    // Otherwise one that was found before, for this segment by another one, would be sent again.
    this.#due?.outdate();
    for (const { output } of outcomes) this.#sending.delete(output.id);
    this.#sender.stored(outcomes);
    return true;
  }

  #dueOf({ output }: SentCommand): StoredDeadline {
    return this.#sending.get(output.id)!;
  }

  #parked(sent: SentCommand): Instance {
    const { instance: key, hash } = this.#dueOf(sent);
    const instance = new Instance(key, hash, undefined);
    instance.status = 'parked';
    instance.run = 1;
    instance.error = storedNote(formatError(sent.error));
    return instance;
  }

  /**
   * Sets the occurrences of a recurring command that are due, and the next one. A command that this code does not know
   * may be known to other code.
   */
  async #recur(found: StoredDeadline): Promise<void> {
    const { instance, key, id } = found;
    const { dueAt } = found.content as NextContent;
    const recurrence = this.schedule.recurrence(instance);
    if (!recurrence) return this.#later(found);
    const { occurrences, next } = recurrence.due(dueAt, this.engine.now());
    const following = this.schedule.next(recurrence, next);
    const deadlines: NewDeadline[] = following ? [following] : [];
    const overlaps = (recurrence.options.overlap ?? 'skip') === 'skip' && (await this.#isUnderWay(instance));
    try {
      if (!overlaps) deadlines.push(...occurrences.map(each => this.schedule.occurrence(recurrence, each)));
    } catch (error) {
      const context = { kind: 'process', name: SCHEDULE, sequence: instance } as const;
      reportFailure(error, context, this.segment.parts, 'the occurrence is left out, and the next one follows');
    }
    if (!(await this.#commit({ clear: [{ instance, key, id }], deadlines }))) return;
    for (const deadline of deadlines) this.engine.due.expect(deadline.dueAt);
  }

  async #later({ process: _, held: __, ...deadline }: StoredDeadline): Promise<void> {
    await this.#commit({ deadlines: [{ ...deadline, dueAt: this.engine.now() + UNKNOWN_PAUSE_MS }] });
  }

  async #isUnderWay(instance: string): Promise<boolean> {
    const known = await this.engine.processes.deadlines(SCHEDULE, { instance });
    return known.some(({ key }) => key !== NEXT_KEY);
  }

  async #answer({ instance, key, id, content }: StoredDeadline): Promise<void> {
    const wanted = content as ProcessRequest;
    const forgotten = new Instance(wanted.instance, 0, undefined);
    forgotten.forgotten = true;
    const release = wanted.kind === 'retry' ? { hold: [{ instance: wanted.instance, held: false }] } : {};
    const drop = wanted.kind === 'retry' ? {} : { forget: [wanted.instance] };
    await this.#commit({ clear: [{ instance, key, id }], ...release, ...drop, instances: [forgotten] });
    this.engine.due.expect(this.engine.now());
  }

  async #commit({ instances = [], ...process }: Changes): Promise<boolean> {
    const { checkpoint } = this.segment;
    const at = isoTime(this.engine.now());
    const writes = instances.map(instance => ({
      readModel: instancesOf(SCHEDULE),
      ...{ version: INSTANCES_VERSION, id: instance.key },
      document: instance.document(at),
    }));
    return this.segment.went(await checkpoint.commit({ to: checkpoint.committed, writes, process }));
  }

  #report(sent: SentCommand, consequence: string): void {
    const context = { kind: 'process', name: SCHEDULE, sequence: this.#dueOf(sent).instance } as const;
    reportFailure(sent.error, context, this.segment.parts, consequence);
  }
}
