import { setImmediate } from 'node:timers/promises';
import type { Application } from '../bootstrap';

/** Resolves when projections and reactors have begun: what happens from here on is news to them, and no replay. */
export async function started({ processors: projections }: Application): Promise<void> {
  for (const name of projections.names)
    while ((await projections.of(name).status()).state === 'starting') await setImmediate();
}
