import { faultsOf } from '../../support/figures';
import { killedPostgres, killedSqlite } from './killed';

const SIZES = { cycles: 4, writers: 16 };

test('SQLite: nothing that a killed process had acknowledged is missing, and a processor sees everything once and in order', async () => {
  expect(await faultsOf(seed => killedSqlite(SIZES, seed))).toEqual([]);
}, 180_000);

test('PostgreSQL: nothing that a killed process had acknowledged is missing, and a processor sees everything once and in order', async () => {
  expect(await faultsOf(seed => killedPostgres(SIZES, seed))).toEqual([]);
}, 180_000);
