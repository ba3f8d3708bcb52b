import { pause } from '../../concurrency';
import { EventualityError, reportAs } from '../../messages';
import type { ReadModelVersion, SegmentClaim, SegmentState } from '../../store';
import type { EventProcessorParts } from '../event-processor-parts';
import type { NewerEvent, SegmentPlace } from '../handling/page-handler';
import { PagePartition } from '../handling/page-partition';
import { isProcess } from '../processes/definition/definition';
import { ProcessWork } from '../processes/work/process-work';
import { scheduleDefinition } from '../schedule/schedule-definition';
import { ScheduleWork } from '../schedule/schedule-work';
import { EventWork } from './event-work';
import { hasRetries } from './parked-sequences';
import { type Membership, segmentAssignmentOf } from './segment-assignment';
import { writtenNote } from './segment-note';
import { type SegmentEnd, SegmentProcessor } from './segment-processor';
import type { SegmentSurroundings, SegmentWork } from './segment-work';
import { Standby } from './standby';

/** A segment that this process owns. */
interface Held {
  readonly processor: SegmentProcessor;
  readonly fence: bigint;
  /** Until when the lease is certain to hold, by this process's clock. */
  until: number;
  /** The note that was stored with the lease. */
  note: string | undefined;
}

/** How long `end` waits for a running handler, in milliseconds. */
const HANDLER_TIMEOUT_MS = 5000;

/** Follows one version, with this process's share of its segments. */
export class VersionProcessor {
  readonly #ending = new AbortController();
  readonly #held = new Map<number, Held>();
  /**
   * Lost segments whose processors have not ended yet: their last commit may be in progress. A process that claims such
   * a segment again gets the same fence, and two processors with one fence would both handle an event.
   */
  readonly #leaving = new Map<number, Held>();
  readonly #loop: Promise<void>;
  /** Divides pages among the segments of this process. */
  #partition: PagePartition | undefined;
  readonly #standby = new Standby();
  /** Ends the pause before the next round. */
  #wake = (): void => undefined;
  gone = false;

  constructor(
    private readonly parts: EventProcessorParts,
    readonly version: ReadModelVersion,
    private readonly membership: Membership,
  ) {
    this.#loop = this.#run();
  }

  /** The positions of the segments that this process owns. */
  get positions(): ReadonlyMap<number, bigint> {
    return new Map(Array.from(this.#held, ([segment, { processor }]) => [segment, processor.position]));
  }

  get stopped(): boolean {
    return [...this.#held.values()].some(({ processor }) => processor.stopped);
  }

  /** Whether this process leaves its segments to newer code. */
  get outdated(): boolean {
    return this.#standby.isOn;
  }

  /**
   * Whether a parked sequence waits for an automatic retry: in this process, or, according to the store, in the process
   * that owns its segment now or will own it next.
   * @throws errors of the store
   */
  async retrying(): Promise<boolean> {
    if ([...this.#held.values()].some(({ processor }) => processor.isPending)) return true;
    return hasRetries(this.parts, this.#name);
  }

  /** Continues after a stop; returns the number of segments that continue. */
  restart(): number {
    const stopped = [...this.#held.values()].filter(({ processor }) => processor.stopped);
    for (const { processor } of this.#held.values()) processor.restart();
    this.#wake();
    return stopped.length;
  }

  /** Stores the positions of its segments at once. */
  async flush(): Promise<void> {
    await Promise.all(Array.from(this.#held.values(), ({ processor }) => processor.flush()));
  }

  /** Retries due sequences now instead of in the next round. */
  async tick(): Promise<void> {
    await Promise.all(Array.from(this.#held.values(), ({ processor }) => processor.tick()));
  }

  /** Stops and commits nothing more: the checkpoints of its segments are invalid. */
  abandon(): void {
    this.gone = true;
    this.#ending.abort();
    for (const [segment, held] of this.#held) this.#forget(segment, held);
    this.#wake();
  }

  /** Stops, keeps what is committed, and releases the segments. */
  async end(): Promise<void> {
    this.#ending.abort();
    this.#wake();
    await this.#loop;
    await Promise.all([...this.#held, ...this.#leaving].map(([segment, held]) => this.#giveBack(segment, held)));
    await this.#leave();
  }

  async #run(): Promise<void> {
    while (!this.#ending.signal.aborted && !this.gone) {
      const woken = new AbortController();
      this.#wake = () => woken.abort();
      try {
        await this.#look();
      } catch (error) {
        if (isGone(error)) this.gone = true;
        else this.parts.observer.troubled(error);
      }
      this.#loseExpired();
      for (const { processor } of this.#held.values()) void processor.tick();
      if (!this.#ending.signal.aborted) await this.parts.pulse.leaseBeat(woken.signal);
    }
  }

  /** Renews the leases, claims free segments up to this process's share, and releases those beyond it. */
  async #look(): Promise<void> {
    if (this.#standby.isOn) return this.#standBy();
    const { segments } = this.version;
    const renewed = Promise.all(Array.from(this.#held, ([segment, held]) => this.#renew(segment, held)));
    // The lease tells the owner of a single segment; processes that stand by are known as members.
    if (segments === 1) {
      await renewed;
      if (this.#held.size > 0) return;
    }
    const [members] = await Promise.all([this.parts.pulse.join(this.#name), renewed]);
    if (segments === 1) return this.#claim(0);
    const { quota, free } = segmentAssignmentOf(await this.#states(), segments, members, this.membership.owner);
    const wanted = free.filter(segment => !this.#held.has(segment));
    while (wanted.length > 0 && this.#held.size < quota)
      await Promise.all(wanted.splice(0, quota - this.#held.size).map(segment => this.#claim(segment)));
    const surplus = [...this.#held].slice(quota);
    await Promise.all(surplus.map(([segment, held]) => this.#giveBack(segment, held)));
  }

  /** Leaves all segments to newer code, which divides them without this process. */
  async #standBy(): Promise<void> {
    await Promise.all([...this.#held].map(([segment, held]) => this.#giveBack(segment, held)));
    if (this.#standby.leaves()) await this.#leave();
    this.#standby.endIfLeft(await this.parts.pulse.segments(this.#name));
    if (!this.#standby.isOn) this.#wake();
  }

  #outdated(segment: number, at: NewerEvent): void {
    const { name, kind } = this.parts.handling.definition;
    this.parts.observer.troubled(at.error);
    this.#wake();
    if (!this.#standby.begin(segment, at)) return;
    const message = `'${name}' stands by, and leaves its segments to newer code.`;
    const { event } = at;
    reportAs(
      { level: 'warn', message },
      at.error,
      { kind, name, event, segment, position: event.position },
      this.parts,
    );
  }

  /** A process that owns all segments need not ask the store for the owners. */
  async #states(): Promise<readonly Pick<SegmentState, 'segment' | 'owner'>[]> {
    const { owner } = this.membership;
    if (this.#held.size === this.version.segments)
      return Array.from(this.#held.keys(), segment => ({ segment, owner }));
    return this.parts.pulse.segments(this.#name);
  }

  get #projection(): string {
    return this.parts.handling.definition.name;
  }

  get #name(): { projection: string; version: number } {
    return { projection: this.#projection, version: this.version.version };
  }

  #claimOf(segment: number, note?: string): SegmentClaim {
    const { owner, leaseDuration: duration } = this.membership;
    return { segment, owner, duration, note, ...this.#name };
  }

  /** What other processes need to know about a segment. */
  #noteOf({ processor }: Held): string | undefined {
    return writtenNote({ stopped: processor.stopped, error: this.parts.lastError() });
  }

  async #renew(segment: number, held: Held): Promise<void> {
    const asked = performance.now();
    const note = this.#noteOf(held);
    if (note === held.note && held.until - asked > (this.membership.leaseDuration * 2) / 3) return;
    const lease = await this.parts.pulse.claim(this.#claimOf(segment, note));
    if (lease.ok && lease.fence === held.fence) {
      held.until = asked + this.membership.leaseDuration;
      held.note = note;
    } else this.#forget(segment, held);
    // Another process owned it meanwhile: this fence is no longer valid.
    if (lease.ok && lease.fence !== held.fence) await this.#release(segment, lease.fence);
  }

  async #claim(segment: number): Promise<void> {
    if (this.#leaving.has(segment)) return;
    const asked = performance.now();
    const lease = await this.parts.pulse.claim(this.#claimOf(segment));
    if (!lease.ok) return;
    if (this.#ending.signal.aborted) return this.#release(segment, lease.fence);
    const { segments, takenOver, replayUntil } = this.version;
    const place: SegmentPlace = { ...this.#name, segment, segments, takenOver, replayUntil };
    this.#partition ??= new PagePartition(this.parts.handling, this.version);
    const processor = new SegmentProcessor(this.parts, place, lease, surroundings => this.#workOf(surroundings), {
      hasStopped: () => this.#wake(),
      isOutdated: at => this.#outdated(segment, at),
    });
    const held = { processor, fence: lease.fence, until: asked + this.membership.leaseDuration, note: undefined };
    this.#held.set(segment, held);
    void processor.run().then(end => this.#ended(segment, held, end));
    this.parts.observer.moved(false);
  }

  #workOf(segment: SegmentSurroundings): SegmentWork {
    const { processes, handling } = this.parts;
    if (processes?.schedule && handling.definition === scheduleDefinition)
      return new ScheduleWork(segment, processes, processes.schedule);
    if (processes && isProcess(handling.definition)) return new ProcessWork(segment, processes);
    return new EventWork(segment, this.#partition!);
  }

  /** A lease that was not renewed in time may belong to another process. */
  #loseExpired(): void {
    const now = performance.now();
    for (const [segment, held] of this.#held) if (held.until < now) this.#forget(segment, held);
  }

  #forget(segment: number, held: Held): void {
    // Its processor may have ended while the lease was renewed: then there is nothing to wait for.
    if (this.#held.get(segment) !== held) return;
    this.#held.delete(segment);
    this.#leaving.set(segment, held);
    held.processor.lost();
  }

  #ended(segment: number, held: Held, end: SegmentEnd): void {
    if (end === 'gone') this.gone = true;
    // Its lease is given back with the others.
    const isHeld = end === 'closed' || end === 'outdated';
    if (!isHeld && this.#held.get(segment) === held) this.#held.delete(segment);
    if (this.#leaving.get(segment) === held) this.#leaving.delete(segment);
    this.parts.observer.moved(false);
  }

  async #giveBack(segment: number, held: Held): Promise<void> {
    this.#held.delete(segment);
    const timeout = new AbortController();
    await Promise.race([held.processor.end(), pause(HANDLER_TIMEOUT_MS, timeout.signal)]);
    timeout.abort();
    await this.#release(segment, held.fence);
  }

  /** Others divide the segments without this process, and processes with older code see that it has left. */
  async #leave(): Promise<void> {
    // If the store is unreachable, the membership expires.
    await this.parts.pulse.leave(this.#name).catch(() => undefined);
  }

  async #release(segment: number, fence: bigint): Promise<void> {
    const { owner } = this.membership;
    // If the store is unreachable, the lease expires.
    await this.parts.pulse.release({ segment, owner, fence, ...this.#name }).catch(() => undefined);
  }
}

/** The version was dropped, or readers see a later one. */
const isGone = (error: unknown): boolean => EventualityError.is(error) && error.code === 'UNKNOWN_READ_MODEL';
