import { InMemoryProjectionStore, type ProjectionStore } from '../../src/store';
import { type ProcessStoreContractOptions, processStoreContract, VirtualClock } from '../../src/testing';
import { BROKEN, whole } from './broken-processes';

const NOTICED = { code: 'ERR_ASSERTION' };

async function failureOf(name: string, options: ProcessStoreContractOptions): Promise<unknown> {
  const found = processStoreContract(options).find(each => each.name === name);
  if (!found) throw new Error(`There is no case '${name}'.`);
  return found.run().catch((error: unknown) => error);
}

describe('the contract notices a store that', () => {
  test.each(Object.entries(BROKEN))('%s', async (_, { noticedBy, breaking }) => {
    const open = (): ProjectionStore => {
      const store = new InMemoryProjectionStore();
      return whole(store, breaking(store, store.processes));
    };
    expect(await failureOf(noticedBy, { open })).toMatchObject(NOTICED);
  });

  test('goes by another clock than its own', async () => {
    const clock = new VirtualClock();
    const options = { open: () => new InMemoryProjectionStore(), clock: () => clock };
    for (const name of [
      'a deadline is due at its millisecond, by the clock of the store',
      'dates what is recorded by the clock of the store',
    ])
      expect(await failureOf(name, options)).toMatchObject(NOTICED);
  });

  test('forgets everything when it is closed, or drops nothing for good', async () => {
    const open = (): ProjectionStore => new InMemoryProjectionStore();
    const forgetting = await failureOf('keeps inputs, outputs and deadlines when it is closed and opened again', {
      ...{ open, reopen: open },
    });
    expect(forgetting).toMatchObject(NOTICED);
    const keeping = await failureOf(
      'has nothing of a process whose last version was dropped before it was opened again',
      { open: () => whole(open(), { drop: async () => true }), reopen: closed => closed },
    );
    expect(keeping).toMatchObject(NOTICED);
  });

  test('can be used after it was closed', async () => {
    const options = { open: () => new InMemoryProjectionStore(), close: () => undefined };
    expect(await failureOf('refuses every call after it was closed', options)).toMatchObject(NOTICED);
  });

  test('keeps no processes', async () => {
    const open = (): ProjectionStore => ({ ...whole(new InMemoryProjectionStore()), processes: undefined });
    expect(await failureOf('has nothing of a process before its first commit', { open })).toMatchObject({
      message: 'the store keeps no processes',
    });
  });

  test('and none that is whole', async () => {
    const clock = new VirtualClock();
    const cases = [
      ...processStoreContract({ open: () => whole(new InMemoryProjectionStore()) }),
      ...processStoreContract({ open: () => whole(new InMemoryProjectionStore({ clock })), clock: () => clock }),
    ];
    for (const { run } of cases) await run();
  });
});
