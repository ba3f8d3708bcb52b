import type { EventStore } from '../../src/store';
import { answersAsTheModel, answersTogetherAsTheModel } from '../store/event-store-model';
import { testFiles } from './files';

const RUNS = 500;

const files = testFiles();
const inFile = (): EventStore => files.store(files.path(), { synchronous: 'normal' });
const withoutFile = (): EventStore => files.store(':memory:');

test('answers any sequence of appends and reads as a naive list would', async () => {
  await answersAsTheModel(inFile, RUNS);
}, 120_000);

test('answers appends that share a transaction as a naive list would, one after the other', async () => {
  await answersTogetherAsTheModel(inFile, RUNS);
}, 120_000);

test('answers the same without a file', async () => {
  await answersAsTheModel(withoutFile, RUNS);
  await answersTogetherAsTheModel(withoutFile, RUNS);
}, 120_000);
