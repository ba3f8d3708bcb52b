import type { EventStore, ProjectionStore } from '../../src/store';
import { projectionStoreContract } from '../../src/testing';
import { TestSchema } from './database';

const schema = new TestSchema(__filename);
const owners = new WeakMap<ProjectionStore, EventStore>();
let opened = 0;

const contract = projectionStoreContract({
  open() {
    const store = schema.open({ tablePrefix: `case_${++opened}_`, maxConnections: 4 });
    owners.set(store.projections, store);
    return store.projections;
  },
  close: projections => owners.get(projections)!.close(),
});

test.each(contract.map(({ name, run }) => ({ name, run })))('$name', ({ run }) => run(), 20_000);
