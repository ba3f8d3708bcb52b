import type { ProjectionStore } from '../../store';
import type { LogHead } from '../status/log-head';
import type { Rate } from '../status/rate';
import type { RebuildProgress } from '../status/status';
import { heldUpBy } from './switch';

/** Reads the progress of a version that fills, over all processes that fill it. */
export async function progressOf(
  { store, head }: { readonly store: ProjectionStore; readonly head: LogHead },
  name: string,
  version: number,
  rate: Rate,
): Promise<RebuildProgress> {
  const known = await store.versions(name);
  const segments = known.find(each => each.version === version)?.segments ?? 0;
  const from = known.find(({ active }) => active)?.version;
  const states = await store.leases.segments(name, version);
  const total = Number(await head.position());
  // A segment that has not started counts as 0.
  const done =
    states.length === 0
      ? 0
      : Math.min(total, states.reduce((sum, { position }) => sum + Number(position), 0) / segments);
  rate.add(done);
  const perSecond = Math.max(0, rate.perSecond);
  const held = from === undefined || from >= version ? [] : await heldUpBy(store, name, { from, to: version });
  // When only parked sequences hold up the switch, the remaining time is unknown.
  const isOver = done >= total && held.length > 0;
  const secondsLeft = perSecond > 0 && !isOver ? (total - done) / perSecond : undefined;
  return { version, done: Math.floor(done), total, rate: perSecond, secondsLeft, heldUpBy: held.length };
}
