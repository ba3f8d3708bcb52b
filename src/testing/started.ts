import { setImmediate } from 'node:timers/promises';
import type { Application } from '../bootstrap';

/** Resolves when projections and reactors have started: later events are news to them, and not a replay. */
export async function started({ processors: projections }: Application): Promise<void> {
  for (const name of projections.names)
    while ((await projections.of(name).status()).state === 'starting') await setImmediate();
}
