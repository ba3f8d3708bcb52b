import { type Clock, jsonable } from '../../messages';
import type { EventStore, ProjectionStore, ReadModelVersion, SegmentState } from '../../store';
import type { EventProcessorDefinition } from '../definition/definition';
import { lettersOf } from '../processes/administration/parked-instances';
import type { ProcessorPulse } from '../pulse/processor-pulse';
import type { Membership } from '../segments/segment-assignment';
import { type EventProcessorNote, notesOfOthers } from '../segments/segment-note';
import { progressOf } from '../versions/rebuild-progress';
import type { LastError } from './last-error';
import type { LogHead } from './log-head';
import { Rate } from './rate';
import type { EventProcessorStatus, SegmentStatus } from './status';

/** What a status is read from. */
export interface StatusParts {
  readonly eventStore: EventStore;
  readonly store: ProjectionStore;
  readonly head: LogHead;
  readonly pulse: Pick<ProcessorPulse, 'segments'>;
  readonly clock: Clock;
  readonly membership: Membership;
}

/** What only this process knows. */
export interface OwnStatus {
  /** The version that readers see, whichever code created it. */
  readonly active: ReadModelVersion | undefined;
  /** The versions of this code. */
  readonly own: readonly ReadModelVersion[];
  /**
   * The positions of the segments of the active version that this process owns, which it knows better than the store.
   */
  readonly positions: ReadonlyMap<number, bigint> | undefined;
  readonly stopped: boolean;
  /** It leaves its segments to newer code. */
  readonly outdated: boolean;
  readonly closed: boolean;
  readonly known: boolean;
  readonly lastError: LastError;
}

/** Positions per second that count as no change. */
const STEADY_EVENTS_PER_SECOND = 1;

/** Reads the status and lag of a projection or reactor, over all processes. */
export class StatusReader {
  readonly #lag = new Rate();
  readonly #filling = new Rate();
  #last: EventProcessorStatus | undefined;

  constructor(
    private readonly parts: StatusParts,
    private readonly definition: EventProcessorDefinition,
  ) {}

  /** The status after the end, without asking the store. */
  ended(known: OwnStatus): EventProcessorStatus {
    const { name, kind, options } = this.definition;
    const { active, positions = new Map<number, bigint>() } = known;
    const lastError = known.lastError.among([]);
    const unread: EventProcessorStatus = {
      name,
      ...{
        kind,
        mode: options.mode ?? 'async',
        state: 'closed',
        healthy: !known.stopped,
        parked: [],
        rebuild: undefined,
      },
      ...{ version: followedOf(known, active)?.version, activeVersion: active?.version },
      segments: active ? segmentsOf(active, [], positions) : [],
      ...{ position: active ? lowest(segmentsOf(active, [], positions)) : 0n, head: 0n },
      ...{ lag: { events: 0, seconds: 0, trend: 'steady' }, lastError: undefined },
    };
    return jsonable({ ...(this.#last ?? unread), state: 'closed', lastError: lastError && jsonable({ ...lastError }) });
  }

  async read(known: OwnStatus): Promise<EventProcessorStatus> {
    this.#last = await this.#read(known);
    return this.#last;
  }

  async #read(known: OwnStatus): Promise<EventProcessorStatus> {
    const { name, kind, options } = this.definition;
    const [versions, head] = [await this.parts.store.versions(name), await this.parts.head.position()];
    const active = versions.find(version => version.active);
    const read = active ?? known.own.at(-1);
    const positions = read?.version === known.active?.version ? known.positions : undefined;
    const states = read ? await this.#states(read) : [];
    const segments = read ? segmentsOf(read, states, positions) : [];
    const position = lowest(segments);
    const isReplaying = active !== undefined && position < active.replayUntil;
    const events = head > position ? Number(head - position) : 0;
    this.#lag.add(events);
    const seconds = events === 0 ? 0 : await this.#secondsBehind(position);
    const parked = read
      ? await lettersOf(this.parts.store, this.definition).sequences({ projection: name, version: read.version })
      : [];
    const filling = versions.findLast(({ version, closed }) => active && version > active.version && !closed);
    const rebuild = filling && (await progressOf(this.parts, name, filling.version, this.#filling));
    const notes = filling ? this.#notes([...states, ...(await this.#states(filling))]) : this.#notes(states);
    const lastError = known.lastError.among(notes.map(({ error }) => error));
    const stopped = known.stopped || notes.some(note => note.stopped);
    const healthy = parked.length === 0 && !rebuild?.heldUpBy && !stopped;
    return jsonable({
      name,
      ...{
        kind,
        mode: options.mode ?? 'async',
        state: this.#state({ ...known, stopped }, active, isReplaying),
        healthy,
      },
      parked: parked.map(each => jsonable({ ...each })),
      rebuild,
      ...{ version: followedOf(known, active)?.version, activeVersion: active?.version },
      ...{ position, head, lag: { events, seconds, trend: this.#trend() }, segments: segments.map(jsonable) },
      lastError: lastError && jsonable({ ...lastError }),
    });
  }

  /**
   * The position up to which everything is handled or parked, in all segments of a version. Undefined for a version
   * that was replaced or dropped, because it says nothing about the version that readers see now.
   */
  async position(version: ReadModelVersion, own: ReadonlyMap<number, bigint> | undefined): Promise<bigint | undefined> {
    // A process that owns all of them need not ask the store.
    if (own?.size === version.segments) return lowest(Array.from(own.values(), position => ({ position })));
    const segments = segmentsOf(version, await this.#states(version), own);
    // A version without checkpoints was replaced, or has only just started.
    return lowest(segments) || undefined;
  }

  async hasStoppedElsewhere(version: ReadModelVersion): Promise<boolean> {
    return this.#notes(await this.#states(version)).some(({ stopped }) => stopped);
  }

  #states({ version }: ReadModelVersion): Promise<readonly SegmentState[]> {
    return this.parts.pulse.segments({ projection: this.definition.name, version });
  }

  /** What other processes report; about itself this process knows more, and sooner. */
  #notes(states: readonly SegmentState[]): readonly EventProcessorNote[] {
    return notesOfOthers(states, this.parts.membership.owner);
  }

  #state(known: OwnStatus, active: ReadModelVersion | undefined, isFilling: boolean): EventProcessorStatus['state'] {
    if (known.closed) return 'closed';
    if (!known.known) return 'starting';
    if (known.stopped) return 'stopped';
    if (known.outdated) return 'outdated';
    const followed = followedOf(known, active);
    if (!followed) return active ? 'superseded' : 'starting';
    return followed.version === active?.version && !isFilling ? 'following' : 'filling';
  }

  async #secondsBehind(position: bigint): Promise<number> {
    const [first] = await this.parts.eventStore.readAll({ after: position, limit: 1 });
    return first ? Math.max(0, (this.parts.clock.now() - Date.parse(first.recordedAt)) / 1000) : 0;
  }

  #trend(): EventProcessorStatus['lag']['trend'] {
    const change = this.#lag.perSecond;
    if (Math.abs(change) < STEADY_EVENTS_PER_SECOND) return 'steady';
    return change > 0 ? 'rising' : 'falling';
  }
}

/** The version that this code follows: the active one, if it is this code's. */
const followedOf = ({ own }: OwnStatus, active: ReadModelVersion | undefined): ReadModelVersion | undefined =>
  own.find(({ version }) => version === active?.version) ?? own.at(-1);

/** What the store and this process know about each segment of a version. */
function segmentsOf(
  { segments }: ReadModelVersion,
  states: readonly SegmentState[],
  own: ReadonlyMap<number, bigint> = new Map(),
): SegmentStatus[] {
  const bySegment = new Map(states.map(state => [state.segment, state]));
  return Array.from({ length: segments }, (_, segment) => {
    const state = bySegment.get(segment);
    return { segment, position: own.get(segment) ?? state?.position ?? 0n, owner: state?.owner };
  });
}

const lowest = (segments: readonly Pick<SegmentStatus, 'position'>[]): bigint =>
  segments.reduce<bigint | undefined>(
    (least, { position }) => (least === undefined || position < least ? position : least),
    undefined,
  ) ?? 0n;
