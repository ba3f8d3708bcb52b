import type * as fc from 'fast-check';
import { sqlite } from '../../../src/adapters/sqlite';
import { CustomEventStore, type EventStore, InMemoryEventStore } from '../../../src/store';
import { type Figure, holds, isRefuted } from '../../support/figures';
import { answersAsTheModel, answersTogetherAsTheModel, type Lend } from '../../support/stores/event-store-model';
import type { Schema } from '../../support/stores/schema';
import { withFiles, withSchema } from '../../support/stores/stores';
import { TESTED } from '../../support/stores/tested';

/** How many runs each store gets. */
export interface ModelSizes {
  readonly memory: number;
  readonly sqlite: number;
  readonly postgres: number;
}

/** Plays generated appends and reads on each store and beside it on a naive list, one by one and several at once. */
export async function models(sizes: ModelSizes, seed: number): Promise<Figure[]> {
  const figures: Figure[] = [];
  const play = async (store: string, runs: number, lend: Lend): Promise<void> => {
    const held = (done: string, property: fc.IAsyncPropertyWithHooks<unknown>) =>
      holds({ item: 2, store, seed, done }, property, runs);
    figures.push(await held('sequences of appends and reads, against a model', answersAsTheModel(lend)));
    figures.push(await held('the same, several appends at once', answersTogetherAsTheModel(lend)));
  };
  if (TESTED.includes('memory')) await play('memory', sizes.memory, lending(memory));
  if (TESTED.includes('SQLite')) {
    await play('SQLite without a file', sizes.sqlite, lending(withoutFile));
    await withFiles(files => play('SQLite', sizes.sqlite, lending(inFile(files))));
  }
  await withSchema(async schema => play('PostgreSQL', sizes.postgres, await emptied(schema)));
  const control = { item: 2, store: 'memory, made wrong', done: 'a store that takes "exists" for "any"', seed };
  figures.push(await isRefuted(control, answersAsTheModel(lending(careless)), 1000));
  return figures;
}

const memory = (): EventStore => new InMemoryEventStore();
const withoutFile = (): EventStore => sqlite(':memory:');
const inFile = (files: { path(): string }) => (): EventStore => sqlite(files.path(), { synchronous: 'normal' });

function careless(): EventStore {
  const store = memory();
  return new CustomEventStore({
    append: appends =>
      store.append(appends.map(each => (each.expected === 'exists' ? { ...each, expected: 'any' } : each))),
    readAll: page => store.readAll(page),
  });
}

/** Opens a store for each run. */
function lending(open: () => EventStore): Lend {
  return async use => {
    const store = open();
    await use(store);
    await store.close();
  };
}

/** Lends the same store each time, its tables emptied: faster than new ones. */
async function emptied(schema: Schema): Promise<Lend> {
  const store = schema.open();
  await store.ready();
  return async use => {
    await schema.sql(`truncate "${schema.name}".eventuality_events, "${schema.name}".eventuality_streams`);
    await use(store);
  };
}
