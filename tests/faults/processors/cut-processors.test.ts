import { faultsOf } from '../../support/figures';
import { cutProcessors } from './cut-processors';

test('processes that follow lose replies and connections: documents count each event once, effects happen once; a checkpoint of its own counts twice', async () => {
  expect(await faultsOf(seed => cutProcessors({ cuts: 15, terminated: 30 }, seed))).toEqual([]);
}, 180_000);
