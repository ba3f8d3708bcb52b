import { unmet } from './figures';
import { killedPostgres, killedSqlite } from './killed';
import { newSeed } from './random';

const SIZES = { cycles: 4, writers: 16 };

test('SQLite: nothing that a killed process had acknowledged is missing, and a follower sees everything once and in order', async () => {
  expect(unmet(await killedSqlite(SIZES, newSeed()))).toEqual([]);
}, 120_000);

test('PostgreSQL: nothing that a killed process had acknowledged is missing, and a follower sees everything once and in order', async () => {
  expect(unmet(await killedPostgres(SIZES, newSeed()))).toEqual([]);
}, 120_000);
