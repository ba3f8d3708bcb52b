import { faultsOf } from '../../support/figures';
import { anyVersion, racers } from './racers';

test('of 16 staggered racers exactly one wins, round by round, on every store; a version checked before has several winners', async () => {
  expect(await faultsOf(seed => racers({ racers: 16, rounds: 20 }, seed))).toEqual([]);
}, 180_000);

test('writers that expect any version meet no conflict and lose nothing, on every store; those that expect what they read do', async () => {
  expect(await faultsOf(seed => anyVersion({ writers: 32, streams: 10, each: 3 }, seed))).toEqual([]);
}, 180_000);
