import type { NewDeadLetter, ProjectionStore, ReadModelVersion } from '../store';
import { pause } from './pause';
import { segmentOf } from './sequence';
import type { Membership } from './shares';

const ASK_EVERY = 100;
const PAGE = 1000;

/**
 * Takes a durable listener over from code that split it into another number of segments. Its effects must not happen twice, so nothing is filled
 * anew: when the processes with the old code have stopped, the new segments go on from where the slowest of the old ones was.
 */
export class Handover {
  constructor(
    private readonly store: ProjectionStore,
    private readonly name: string,
    private readonly membership: Membership,
  ) {}

  /** Brings a version, prepared and not active, to where the active one is. Returns false when the signal ended it: then nothing is lost. */
  async run(from: ReadModelVersion, to: { readonly version: number; readonly segments: number }, signal: AbortSignal): Promise<boolean> {
    const positions: bigint[] = [];
    for (let segment = 0; segment < from.segments; segment++) {
      const position = await this.#takeOver(from.version, segment, signal);
      if (position === undefined) return false;
      positions.push(position);
    }
    const start = positions.reduce((least, each) => (each < least ? each : least));
    for (let segment = 0; segment < to.segments; segment++) await this.#begin(to.version, segment, start);
    await this.#parkAgain(from.version, to, start);
    return true;
  }

  async #takeOver(version: number, segment: number, signal: AbortSignal): Promise<bigint | undefined> {
    const claim = { owner: this.membership.owner, duration: this.membership.leaseDuration };
    while (!signal.aborted) {
      const lease = await this.store.leases.claim({ projection: this.name, version, segment }, claim);
      if (lease.ok) return lease.position;
      await pause(Math.min(ASK_EVERY, lease.freeIn), signal);
    }
    return undefined;
  }

  /** Where it was begun already, by a process that died meanwhile, nothing changes. */
  async #begin(version: number, segment: number, to: bigint): Promise<void> {
    await this.store.commit({ checkpoint: { projection: this.name, version, segment }, from: 0n, to, writes: [] });
  }

  async #parkAgain(version: number, to: { readonly version: number; readonly segments: number }, at: bigint): Promise<void> {
    for (let after = 0n; ; ) {
      const letters = await this.store.deadLetters.list({ projection: this.name, version }, { after, limit: PAGE });
      const bySegment = new Map<number, NewDeadLetter[]>();
      for (const { sequence, position, error, attempts } of letters) {
        const segment = segmentOf(sequence, to.segments);
        bySegment.set(segment, [...(bySegment.get(segment) ?? []), { sequence, position, error, attempts }]);
      }
      for (const [segment, park] of bySegment) {
        const checkpoint = { projection: this.name, version: to.version, segment };
        await this.store.commit({ checkpoint, from: at, to: at, writes: [], park });
      }
      if (letters.length < PAGE) return;
      after = letters.at(-1)!.position;
    }
  }
}
