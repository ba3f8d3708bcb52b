// eventuality/sqlite.
import { join } from 'node:path';
import { eventsOn } from '../stored.js';
import { rowsIn } from './file.js';

export async function eventStore({ folder, contender, synchronous = 'full' }) {
  const { default: sqlite } = await import('../../../dist/sqlite/index.js');
  const file = join(folder, `${contender}.db`);
  const store = sqlite.sqlite(file, { synchronous });
  return { ...eventsOn(store), count: rowsIn(file, 'events') };
}
