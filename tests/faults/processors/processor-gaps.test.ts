import { faultsOf } from '../../support/figures';
import { processorGapsInPostgres, processorGapsInSqlite } from './processor-gaps';

test('PostgreSQL: documents miss nothing that was committed late; a projection that only remembers its position loses events', async () => {
  expect(await faultsOf(seed => processorGapsInPostgres({ writers: 16, duration: 2000, stuck: 900 }, seed))).toEqual(
    [],
  );
}, 180_000);

test('SQLite: documents miss nothing of what processes write at once; a projection that only remembers the time loses events', async () => {
  expect(await faultsOf(seed => processorGapsInSqlite({ writers: 32, duration: 1000 }, seed))).toEqual([]);
}, 180_000);
