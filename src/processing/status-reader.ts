import { type Clock, jsonable } from '../messages';
import type { EventStore, ProjectionStore, ReadModelVersion } from '../store';
import type { FollowerDefinition } from './definition';
import type { Head } from './head';
import { Rate } from './rate';
import { progressOf } from './rebuild-progress';
import type { FollowerStatus, SegmentStatus } from './status';
import { REPLACED } from './version-shape';

/** What there is to read a status from. */
export interface StatusParts {
  readonly eventStore: EventStore;
  readonly store: ProjectionStore;
  readonly head: Head;
  readonly clock: Clock;
}

/** What the process itself knows. */
export interface OwnStatus {
  readonly version: ReadModelVersion | undefined;
  /** The number of a version that fills beside it. */
  readonly filling: number | undefined;
  /** The positions of the segments that this process has: it knows them better than the store. */
  readonly own: ReadonlyMap<number, bigint> | undefined;
  readonly stopped: boolean;
  readonly closed: boolean;
  readonly known: boolean;
  readonly lastError: FollowerStatus['lastError'];
}

/** Positions per second that count as no change. */
const STEADY = 1;

/** Reads how a projection or durable listener is getting on, over all processes. */
export class StatusReader {
  readonly #lag = new Rate();
  readonly #filling = new Rate();

  constructor(
    private readonly parts: StatusParts,
    private readonly definition: FollowerDefinition,
  ) {}

  async read(own: OwnStatus): Promise<FollowerStatus> {
    const { name, kind, options } = this.definition;
    const { version, lastError } = own;
    const [activeVersion, head] = [await this.parts.store.active(name), await this.parts.head.position()];
    const segments = version ? (await this.segments(version, own.own)).map(each => upTo(head, each)) : [];
    const position = lowest(segments);
    const events = head > position ? Number(head - position) : 0;
    this.#lag.add(events);
    const seconds = events === 0 ? 0 : await this.#secondsBehind(position);
    const parked = version ? await this.parts.store.deadLetters.sequences({ projection: name, version: version.version }) : [];
    const healthy = parked.length === 0 && !own.stopped;
    return jsonable({
      ...{ name, kind, mode: options.mode ?? 'async', state: this.#state(own, activeVersion), healthy },
      ...{ version: version?.version, activeVersion },
      ...{ position, head, lag: { events, seconds, trend: this.#trend() }, segments: segments.map(jsonable) },
      parked: parked.map(each => jsonable({ ...each })),
      lastError: lastError && jsonable({ ...lastError }),
      rebuild: own.filling === undefined ? undefined : await progressOf(this.parts, name, own.filling, this.#filling),
    });
  }

  /**
   * The position before which everything is handled or parked, in all segments of a version; 0n for one that was replaced: it does not say how
   * far the one is that readers see now.
   */
  async position(version: ReadModelVersion, own: ReadonlyMap<number, bigint> | undefined): Promise<bigint> {
    // Whoever has all of them need not ask.
    const segments =
      own?.size === version.segments ? Array.from(own.values(), position => ({ position })) : await this.segments(version, own);
    return segments.some(({ position }) => position === REPLACED) ? 0n : lowest(segments);
  }

  async segments({ version, segments }: ReadModelVersion, own: ReadonlyMap<number, bigint> = new Map()): Promise<SegmentStatus[]> {
    const states = await this.parts.store.leases.segments(this.definition.name, version);
    const bySegment = new Map(states.map(state => [state.segment, state]));
    return Array.from({ length: segments }, (_, segment) => {
      const state = bySegment.get(segment);
      return { segment, position: own.get(segment) ?? state?.position ?? 0n, owner: state?.owner };
    });
  }

  #state({ version, stopped, closed, known }: OwnStatus, active: number | undefined): FollowerStatus['state'] {
    if (closed) return 'closed';
    if (!known) return 'starting';
    if (stopped) return 'stopped';
    if (!version) return 'superseded';
    return version.version === active ? 'following' : 'filling';
  }

  async #secondsBehind(position: bigint): Promise<number> {
    const [first] = await this.parts.eventStore.readAll({ after: position, limit: 1 });
    return first ? Math.max(0, (this.parts.clock.now() - Date.parse(first.recordedAt)) / 1000) : 0;
  }

  #trend(): FollowerStatus['lag']['trend'] {
    const change = this.#lag.perSecond;
    if (Math.abs(change) < STEADY) return 'steady';
    return change > 0 ? 'rising' : 'falling';
  }
}

/** A version that was replaced stands beyond all events. */
const upTo = (head: bigint, segment: SegmentStatus): SegmentStatus =>
  segment.position === REPLACED ? { ...segment, position: head } : segment;

const lowest = (segments: readonly Pick<SegmentStatus, 'position'>[]): bigint =>
  segments.reduce<bigint | undefined>((least, { position }) => (least === undefined || position < least ? position : least), undefined) ??
  0n;
