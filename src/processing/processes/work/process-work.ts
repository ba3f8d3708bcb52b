import { setMaxListeners } from 'node:events';
import { NewerEventError, type RecordedEvent, reportFailure } from '../../../messages';
import type { StoredDeadline } from '../../../store';
import { isContentError } from '../../handling/commit-faults';
import type { FailedEvent } from '../../handling/failure-reports';
import { MAX_UNCOMMITTED_POSITIONS } from '../../segments/page-taker';
import type { SegmentChanges, SegmentOutcome } from '../../segments/segment-checkpoint';
import type { SegmentSurroundings, SegmentWork } from '../../segments/segment-work';
import type { ProcessDefinition } from '../definition/definition';
import { DecisionEncoder } from '../turns/encoded-decisions';
import { eventInput } from '../turns/inputs';
import { Instances } from '../turns/instances';
import { type OwnEvent, OwnEvents } from '../turns/own-events';
import { ProcessHandlers } from '../turns/process-handlers';
import { ProcessPage } from '../turns/process-page';
import { concernsInstance, takeDeadline, takeOutcome } from '../turns/taken-inputs';
import { CommandSender, type SentCommand } from './command-sender';
import type { DueSegment } from './due-look';
import type { ProcessEngine } from './engine';
import { LateDeadlines } from './late-deadlines';
import { ProcessRequests } from './process-requests';
import { isRequest } from './request';
import { Retention } from './retention';
import { MAX_QUEUED_COMMANDS, StoredCommands } from './stored-commands';

/**
 * The work of a segment of a process manager: turns events, deadlines and outcomes of commands into state, commands and
 * deadlines, commits each page in one step, and sends the commands afterwards.
 */
export class ProcessWork implements SegmentWork {
  readonly haltedBy: FailedEvent | undefined = undefined;
  readonly isStopped = false;
  readonly #definition: ProcessDefinition;
  readonly #handlers: ProcessHandlers;
  readonly #encoder: DecisionEncoder;
  readonly #instances: Instances;
  readonly #sender: CommandSender;
  readonly #queue: StoredCommands;
  readonly #requests: ProcessRequests;
  readonly #own: OwnEvents;
  /** Of the first segment only. */
  readonly #retention: Retention | undefined;
  #due: DueSegment | undefined;
  readonly #late = new LateDeadlines();

  constructor(
    private readonly segment: SegmentSurroundings,
    private readonly engine: ProcessEngine,
  ) {
    const { parts, place, ending } = segment;
    const definition = parts.handling.definition as ProcessDefinition;
    this.#definition = definition;
    this.#handlers = new ProcessHandlers(definition, command => engine.commands.revive(command), engine.reader);
    this.#encoder = new DecisionEncoder(definition, command => engine.commands.checkedName(command));
    this.#instances = new Instances(this.#handlers, parts.store, engine.processes, parts.eventStore);
    this.#requests = new ProcessRequests(this.#handlers, this.#instances);
    this.#own = new OwnEvents(this.#handlers, place);
    const forget = (changes: Omit<SegmentChanges, 'to'>): Promise<SegmentOutcome> =>
      segment.checkpoint.commit({ to: segment.checkpoint.committed, ...changes });
    this.#retention = place.segment === 0 ? new Retention(definition, parts.store, forget) : undefined;
    this.#sender = new CommandSender({
      commands: engine.commands,
      ...{ retry: definition.process.options.retry, ending },
      sent: () => segment.tickIn(0),
      troubled: error => segment.report(error, 'could not send a command; it will retry'),
    });
    this.#queue = new StoredCommands(engine.processes, this.#place, this.#sender);
    // Each running command adds a listener.
    setMaxListeners(0, ending);
    ending.addEventListener('abort', () => this.#due?.end(), { once: true });
  }

  get isPending(): boolean {
    return this.#queue.isPending || !this.#late.isEmpty;
  }

  async begin(): Promise<void> {
    const { process, segments, segment } = this.#place;
    await this.engine.prepare(process);
    this.#due ??= this.engine.due.begin({ process, segments, segment }, () => this.segment.tickIn(0));
    await this.#queue.fill();
  }

  async take(events: readonly RecordedEvent[]): Promise<boolean> {
    while (this.#sender.size > MAX_QUEUED_COMMANDS && !this.segment.ending.aborted) {
      await this.#sender.next();
      if (!(await this.#takeOutcomes())) return false;
    }
    const own = this.#own.among(events);
    const newer = own.findIndex(({ fault }) => fault instanceof NewerEventError);
    if (newer >= 0) return this.#takeBefore(own.slice(0, newer), own[newer]!);
    const to = events.at(-1)!.position;
    const done = own.length === 0 ? await this.#pass(to) : await this.#takeOwn(own, to);
    if (done && this.#late.mayFire(to)) this.segment.tickIn(0);
    return done;
  }

  /** Takes what comes before an event that only newer code can read, and leaves the rest to newer code. */
  async #takeBefore(own: readonly OwnEvent[], { event, fault }: OwnEvent): Promise<boolean> {
    const to = event.position - 1n;
    const done =
      to <= this.segment.checkpoint.position || (own.length > 0 ? await this.#takeOwn(own, to) : await this.#pass(to));
    if (done) this.segment.isOutdated({ event, error: fault as NewerEventError });
    return false;
  }

  async tick(): Promise<void> {
    const { ending } = this.segment;
    if (!(await this.#takeOutcomes()) || ending.aborted) return;
    await this.#queue.fill();
    await this.#takeDue();
    await this.#retention?.run(this.#now);
    if (this.#sender.hasOutcomes) this.segment.tickIn(0);
  }

  /** A failing handler of a process does not stop the segment. */
  async waitBeforeRetry(): Promise<void> {}

  restart(): void {}

  /** Stores the outcomes of commands that were running. */
  async finish(): Promise<void> {
    await this.#sender.idle();
    await this.#takeOutcomes();
  }

  get #place(): { readonly process: string; readonly segments: number; readonly segment: number } {
    const { projection, segments, segment } = this.segment.place;
    return { process: projection, segments, segment };
  }

  get #now(): number {
    return this.segment.parts.clock.now();
  }

  #page(): ProcessPage {
    return new ProcessPage(this.#handlers, this.#encoder, this.#now);
  }

  async #pass(to: bigint): Promise<boolean> {
    const { checkpoint } = this.segment;
    if (to - checkpoint.committed >= MAX_UNCOMMITTED_POSITIONS)
      return this.segment.went(await checkpoint.commit({ to, writes: [] }));
    checkpoint.pass(to);
    return true;
  }

  async #takeOwn(own: readonly OwnEvent[], to: bigint): Promise<boolean> {
    const instances = await this.#instances.load(own.map(({ instance }) => instance));
    const page = this.#page();
    for (const { event, instance, replaying, fault } of own)
      if (fault) page.park(instances.get(instance)!, eventInput(event), fault);
      else page.event(instances.get(instance)!, event, replaying);
    if (page.isEmpty) return this.#pass(to);
    try {
      return await this.#commit(page, to);
    } catch (error) {
      if (!isContentError(error)) throw error;
      return own.length === 1 ? this.#parkOne(own[0]!, to, error) : this.#oneByOne(own, to);
    }
  }

  /** Takes the events one by one, to find the one that the store rejects. */
  async #oneByOne(own: readonly OwnEvent[], to: bigint): Promise<boolean> {
    for (const each of own) if (!(await this.#takeOwn([each], each.event.position))) return false;
    return this.#pass(to);
  }

  async #parkOne({ event, instance: key }: OwnEvent, to: bigint, error: unknown): Promise<boolean> {
    const instance = (await this.#instances.load([key])).get(key)!;
    const page = this.#page();
    page.park(instance, eventInput(event), error);
    return this.#commit(page, to);
  }

  /** Stores the outcomes of commands, and what their instances decide then. */
  async #takeOutcomes(): Promise<boolean> {
    const outcomes = this.#sender.takeOutcomes();
    if (outcomes.length === 0) return true;
    try {
      const concerned = outcomes.filter(concernsInstance);
      const instances = await this.#instances.load(concerned.map(({ output }) => output.instance));
      const page = this.#page();
      for (const sent of outcomes) {
        const instance = instances.get(sent.output.instance);
        if (instance) takeOutcome(page, this.#handlers, instance, sent);
        else page.outcome(sent.output.id, 'done');
      }
      if (await this.#commit(page, this.segment.checkpoint.committed, outcomes)) return true;
    } catch (error) {
      this.#sender.putBack(outcomes);
      throw error;
    }
    this.#sender.putBack(outcomes);
    return false;
  }

  /** Lets deadlines fire; those of users only after the events that were recorded in time. */
  async #takeDue(): Promise<void> {
    const found = (await this.#due?.take()) ?? [];
    const requests = found.filter(isRequest);
    if (requests.length > 0 && !(await this.#takeRequests(requests))) return;
    const deadlines = this.#late.unknown(found.filter(each => !isRequest(each)));
    if (deadlines.length > 0) this.#late.add(await this.segment.parts.head.position(), deadlines);
    const { position } = this.segment.checkpoint;
    const due = this.#late.ready(position);
    if (due.length === 0) return;
    const instances = await this.#instances.load(due.map(({ instance }) => instance));
    const page = this.#page();
    for (const deadline of due) takeDeadline(page, instances.get(deadline.instance)!, deadline);
    if (!(await this.#commit(page, this.segment.checkpoint.committed))) return;
    this.#late.fired(position);
    // There may be more: the query returned a full page.
    this.segment.tickIn(0);
  }

  async #takeRequests(requests: readonly StoredDeadline[]): Promise<boolean> {
    for (const request of requests) {
      const page = this.#page();
      await this.#requests.take(page, request);
      if (!(await this.#commit(page, this.segment.checkpoint.committed))) return false;
      // Commands that were held are sent now.
      for (const [instance, held] of page.held) if (!held) await this.#queue.release(instance);
      this.engine.due.expect(this.#now);
    }
    return true;
  }

  /** Commits a page, and then carries out its consequences. */
  async #commit(page: ProcessPage, to: bigint, outcomes: readonly SentCommand[] = []): Promise<boolean> {
    const { checkpoint } = this.segment;
    const moves = to > checkpoint.committed;
    if (page.isEmpty && !moves) {
      this.#sender.stored(outcomes);
      return true;
    }
    const changes = page.changes();
    const outcome = await checkpoint.commit({ to, writes: page.writes(), process: changes });
    if (!this.segment.went(outcome)) {
      // The commit may have succeeded although its answer was lost: read from the store what is to be sent.
      this.#queue.again();
      return false;
    }
    this.#queue.follow(page);
    this.#sender.stored(outcomes);
    for (const { dueAt } of changes.deadlines ?? []) this.engine.due.expect(dueAt);
    for (const { instance, input, error, consequence } of page.failures) {
      const event = input.kind === 'event' ? input.event : undefined;
      this.segment.parts.observer.failed(error, event?.position);
      this.#report(error, { ...(event && { event }), sequence: instance }, consequence);
    }
    return true;
  }

  #report(
    error: unknown,
    place: { readonly event?: RecordedEvent; readonly sequence?: string },
    consequence: string,
  ): void {
    const context = { kind: 'process', name: this.#definition.name, ...place } as const;
    reportFailure(error, context, this.segment.parts, consequence);
  }
}
