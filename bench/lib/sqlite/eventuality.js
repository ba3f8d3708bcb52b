// eventuality/sqlite.
import { join } from 'node:path';
import { projection } from '../projection.js';
import { eventsOn } from '../stored.js';
import { documentsIn, rowsIn } from './file.js';

export async function openStore({ folder, contender, synchronous = 'full' }) {
  const { default: sqlite } = await import('../../../dist/adapters/sqlite/index.js');
  const file = join(folder, `${contender}.db`);
  return { file, open: () => sqlite.sqlite(file, { synchronous }) };
}

export async function eventStore(options) {
  const { file, open } = await openStore(options);
  return { ...eventsOn(open()), count: rowsIn(file, 'events') };
}

/** A projection that follows. */
export async function readModel(options) {
  const { file, open } = await openStore(options);
  return { ...(await projection(open)), documents: documentsIn(file, 'documents') };
}
