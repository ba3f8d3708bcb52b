import { defineProjection, defineReactor, Flow } from 'eventuality';
import { InlineProjectionError } from 'eventuality/errors';
import { given, history } from 'eventuality/testing';
import { Todo, TodoCreated } from '../../domain/todo';
import { SILENT } from '../../support/logger';
import { happen, onEachStore, RETRY, tally } from '../../support/processes';
import { until } from '../../support/waiting';
import { ODD_VALUES } from './odd-values';

const ids = ODD_VALUES.map((_, index) => `${index}`);

/** Throws the value that an aggregate stands for: every other one from a promise. */
function throwFor(id: string): unknown {
  const odd = ODD_VALUES[Number(id)];
  if (!odd) return undefined;
  const value = odd[1]();
  if (Number(id) % 2) throw value;
  return { then: (_: unknown, reject: (reason: unknown) => void) => reject(value) };
}

onEachStore(processes => {
  const handled: string[] = [];
  const on = {
    Happened(_: object, { event }: { event: { aggregateId: string } }) {
      const result = throwFor(event.aggregateId);
      if (result === undefined) handled.push(event.aggregateId);
      return result;
    },
  };
  beforeEach(() => {
    handled.length = 0;
  });

  test.each(['projection', 'listener'])(
    'whatever a handler of a %s throws is parked, and everything else goes on',
    async kind => {
      const { store } = processes();
      const define = kind === 'projection' ? defineProjection : defineReactor;
      const projections = processes().start([define({ name: 'odd', retry: { attempts: 2, delay: 1 }, on })]);
      await projections.ready();
      await happen(store, [...ids, 'sound']);
      await projections.settled();
      const letters = await projections.of('odd').deadLetters();
      expect(letters.map(({ sequence, attempts }) => [sequence, attempts])).toEqual(ids.map(id => [`Thing/${id}`, 2]));
      for (const { error } of letters) expect(error).toMatch(/./);
      expect(handled).toEqual(['sound']);
      const status = await projections.of('odd').status();
      expect(status.lag.events).toBe(0);
      expect(status.lastError?.message).toEqual(expect.any(String));
    },
  );

  test('with onError stop a handler that throws undefined is called as often as the rule says, and no more', async () => {
    const { store } = processes();
    let calls = 0;
    const projections = processes().start([tally({ onError: 'stop' }, () => Promise.reject(void calls++))]);
    await happen(store, ['a']);
    await until(async () => (await projections.of('tally').status()).state === 'stopped');
    expect(calls).toBe(RETRY.attempts);
  });

  test('whatever an inline handler throws is reported as an InlineProjectionError, and the next append goes through', async () => {
    const { store } = processes();
    const inline = defineProjection({ name: 'odd', mode: 'inline', on });
    const flow = new Flow({ eventStore: store, processors: [inline], logger: SILENT });
    for (const id of ids) {
      const error = await happen(flow.eventStore, [id]).catch(thrown => thrown);
      expect(error).toBeInstanceOf(InlineProjectionError);
      expect(error.message).toMatch("The inline projection 'odd' could not handle Happened: ");
    }
    expect(await store.readAll()).toEqual([]);
    await happen(flow.eventStore, ['sound']);
    expect(handled).toEqual(['sound']);
    await flow.close();
  });

  test('an append is not to blame for what an inline handler throws for an event of another program', async () => {
    const { store } = processes();
    const inline = defineProjection({ name: 'odd', mode: 'inline', on });
    const flow = new Flow({ eventStore: store, processors: [inline], follow: false, logger: SILENT });
    await happen(flow.eventStore, ['first']);
    for (const id of ids) {
      await happen(store, [id]);
      await happen(flow.eventStore, ['sound']);
    }
    expect(await store.readAll()).toHaveLength(1 + 2 * ids.length);
    await flow.close();
  });

  test('a read of a live projection rejects with an error, whatever its handler throws', async () => {
    const { store } = processes();
    for (const id of ids) {
      const live = defineProjection({ name: 'odd', mode: 'live', on: { Happened: () => throwFor(id) } });
      const flow = new Flow({ eventStore: store, processors: [live], logger: SILENT });
      await happen(flow.eventStore, [id]);
      const error = await flow
        .readModel(live)
        .get('a')
        .then(
          () => undefined,
          thrown => thrown,
        );
      expect(Object.prototype.toString.call(error)).toBe('[object Error]');
      await flow.processors.close();
    }
  });
});

test.each(ODD_VALUES)('given(...).project() answers when a handler throws %s', async (_, make) => {
  const odd = defineProjection<object>({
    name: 'odd',
    on: {
      TodoCreated() {
        throw make();
      },
    },
  });
  const projected = given(history(Todo, '1', new TodoCreated('Buy milk'))).project(odd);
  const error = await projected.then({}).then(
    () => 'it answered as if nothing had been thrown',
    thrown => thrown,
  );
  expect(Object.prototype.toString.call(error)).toBe('[object Error]');
  await expect(projected.thenError('no such text')).rejects.toThrow("Expected the error 'no such text', but it threw ");
});
