import { defineAggregate, defineProjection, Event, type EventStore, Flow, Repository } from 'eventuality';
import { BACKED_UP, type BackedUp } from '../support/stores/backups';
import { until } from '../support/waiting';

const accountOf = (snapshot?: { readonly every: number }) =>
  defineAggregate({
    name: 'Account',
    state: { balance: 0 },
    ...(snapshot && { snapshot }),
    on: { Moved: (state, { payload }) => ({ balance: state.balance + payload.amount }) },
    commands: {
      Move: {
        creates: 'if-missing',
        decide({ balance }, { id, amount }) {
          if (balance + amount < 0) throw new Error(`There are only ${balance}.`);
          return Event({ aggregateId: id, name: 'Moved', payload: { amount } });
        },
      },
    },
  });

const totals = defineProjection<{ amounts: number[] }>({
  name: 'totals',
  mode: 'live',
  on: {
    async Moved({ amount }: { amount: number }, { documents }) {
      documents.set('all', { amounts: [...((await documents.get('all'))?.amounts ?? []), amount] });
    },
  },
});

/** For longer than what is cached is trusted without asking the store. */
const later = () => new Promise(resolve => setTimeout(resolve, 300));

describe.each(BACKED_UP)('%s', (store, make) => {
  let place: BackedUp;
  let flows: Flow[];
  beforeEach(() => {
    place = make();
    flows = [];
  });
  afterEach(async () => {
    await Promise.all(flows.map(flow => flow.close()));
    await place.end();
  });

  /** A process, with what it has logged. */
  function start(more: object = {}) {
    const logged: { readonly error: { readonly code: string } }[] = [];
    const log = (details: any): void => void logged.push(details);
    const logger = { error: log, warn: log };
    const eventStore: EventStore = place.open();
    const flow = new Flow({ eventStore, logger, ...more });
    flows.push(flow);
    const move = (amount: number, id = '1') => flow.dispatch({ name: 'Move', message: { id, amount } });
    return { flow, move, logged: () => logged.map(({ error }) => error.code) };
  }
  const amounts = async ({ flow }: { flow: Flow }) =>
    (await flow.readModel<{ amounts: number[] }>('totals').get('all'))?.amounts;

  describe.each([
    ['a cached aggregate', accountOf(), 101],
    ['a cached aggregate with a snapshot', accountOf({ every: 2 }), 50],
  ])('%s', (_, account, first) => {
    test('does not decide on events that are gone: what was cached is dropped, and it is logged', async () => {
      const one = start({ aggregates: [account], cache: { max: 10 } });
      const other = start({ aggregates: [account] });
      await one.move(first);
      if (first < 101) await one.move(101 - first);
      await one.move(1, '2');
      await place.backUp();
      await one.move(500);
      await one.move(1, '2');
      await place.restore();
      // There are as many events again, so the version alone tells nothing.
      await other.move(1);
      await other.move(1, '2');
      await later();
      await expect(one.move(-500)).rejects.toThrow('There are only 102.');
      expect(one.logged()).toEqual(['HISTORY_REPLACED']);
      await one.move(-100);
      await expect(one.move(-100, '2')).rejects.toThrow('There are only 2.');
      await expect(other.move(-3)).rejects.toThrow('There are only 2.');
      expect(one.logged()).toEqual(['HISTORY_REPLACED']);
    });
  });

  test('a repository with a cache loads what is stored now', async () => {
    const { flow, move } = start({ aggregates: [accountOf()] });
    const errors: unknown[] = [];
    const logger = { error: ({ error }: any) => void errors.push(error), warn: () => undefined };
    const accounts = new Repository(accountOf(), flow.eventStore, { cache: { max: 10 }, logger });
    await move(1);
    await place.backUp();
    await move(2);
    expect((await accounts.load('1')).state).toEqual({ balance: 3 });
    await place.restore();
    await move(4);
    await later();
    expect((await accounts.load('1')).state).toEqual({ balance: 5 });
    expect(errors).toMatchObject([{ code: 'HISTORY_REPLACED' }]);
  });

  test('what is cached stays while nothing was replaced', async () => {
    const { move, logged } = start({ aggregates: [accountOf()], cache: { max: 10 } });
    for (const amount of [1, 2]) {
      await move(amount);
      await later();
    }
    await expect(move(-4)).rejects.toThrow('There are only 3.');
    expect(logged()).toEqual([]);
  });

  test('a live read model is made anew', async () => {
    const one = start({ aggregates: [accountOf()], processors: [totals] });
    await one.move(1);
    await place.backUp();
    await one.move(2);
    await one.move(3);
    expect(await amounts(one)).toEqual([1, 2, 3]);
    await place.restore();
    expect(await amounts(one)).toEqual([1]);
    expect(one.logged()).toEqual(['HISTORY_REPLACED']);
    for (const amount of [4, 5, 6]) await one.move(amount);
    expect(await amounts(one)).toEqual([1, 4, 5, 6]);
    await place.restore();
    // More events than before, when it looks.
    for (const amount of [7, 8, 9, 10]) await one.move(amount);
    expect(await amounts(one)).toEqual([1, 7, 8, 9, 10]);
    expect(one.logged()).toEqual(['HISTORY_REPLACED', 'HISTORY_REPLACED']);
  });

  // In memory no subscription is told that its store was replaced.
  if (store !== 'in memory')
    test('a live query over it gives what is stored now', async () => {
      const query = { Amounts: async () => (await amounts(one)) ?? [] };
      const one = start({ aggregates: [accountOf()], processors: [totals], queryHandlers: query });
      const seen: number[][] = [];
      await one.move(1);
      await place.backUp();
      await one.move(2);
      const watching = (async () => {
        for await (const result of one.flow.watch({ name: 'Amounts', message: {} })) seen.push(result as number[]);
      })();
      await until(() => `${seen.at(-1)}` === '1,2', 'the result before');
      await place.restore();
      const after = start({ aggregates: [accountOf()] });
      await after.move(3);
      await until(() => `${seen.at(-1)}` === '1,3', 'the result after');
      await one.flow.close();
      await watching;
    });
});
