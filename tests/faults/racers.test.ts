import { unmet } from './figures';
import { anyVersion, racers } from './racers';
import { newSeed } from './random';

test('of 16 staggered racers exactly one wins, round by round, on every store; a version checked before has several winners', async () => {
  expect(unmet(await racers({ racers: 16, rounds: 20 }, newSeed()))).toEqual([]);
}, 60_000);

test('writers that expect any version meet no conflict and lose nothing, on every store; those that expect what they read do', async () => {
  expect(unmet(await anyVersion({ writers: 32, streams: 10, each: 3 }, newSeed()))).toEqual([]);
}, 60_000);
