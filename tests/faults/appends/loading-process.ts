import { defineAggregate } from '../../../src/model';
import { Repository } from '../../../src/repository';
import { assignment, openAt, type Where } from '../../support/stores/where';
import { everyEvent } from './long-stream';

/** What the loading process is to do. */
export interface Loading {
  readonly where: Where;
  readonly aggregateId: string;
  /** Holds all events before it folds them, as one might write it first. */
  readonly careless?: boolean;
}

const Counter = defineAggregate({
  name: 'Counter',
  state: { total: 0 },
  on: {
    Counted(state, { payload }) {
      state.total += payload.by;
    },
  },
});

/**
 * A program that loads an aggregate and prints its version, its total, and the most memory the process has had, in
 * megabytes.
 */
async function main({ where, aggregateId, careless }: Loading): Promise<void> {
  const store = openAt(where);
  const loaded = careless
    ? (await everyEvent(store, { aggregateName: 'Counter', aggregateId })).reduce(
        ({ version, state }, { payload }) => ({
          version: version + 1,
          state: { total: state.total + (payload as { by: number }).by },
        }),
        { version: 0, state: { total: 0 } },
      )
    : await new Repository(Counter, store).load(aggregateId);
  process.stdout.write(`${loaded.version} ${loaded.state.total} ${process.resourceUsage().maxRSS / 1024}\n`);
  await store.close();
}

main(assignment<Loading>()).catch(error => {
  console.error(error);
  process.exitCode = 1;
});
