import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import {
  deadline,
  defineProcess,
  ProcessManager,
  type ProcessSpecification,
  Starts,
  send,
} from 'eventuality/processes';
import { given, history } from 'eventuality/testing';
import { Order, OrderPlaced, ShipOrder } from './fulfilment';

const placed = history(Order, 'o1', new OrderPlaced('o1', 900));
type Start = ProcessSpecification<any, any>['starts'][string];

/** Lets a process handle one event, in this way. */
const handling = (handle: Start, state: object = {}) =>
  given()
    .process(
      defineProcess<any, any>({
        ...{ name: 'p', correlate: ({ payload }) => payload.orderId, state, starts: { OrderPlaced: handle } },
        deadlines: { late: () => [] },
      }),
    )
    .when(placed);

describe('the handlers of a process in a test', () => {
  let count = 0;
  const kept: number[] = [];
  beforeEach(() => {
    count = 0;
  });

  test.each<[string, string, Start]>([
    ['a counter', 'decided differently', () => send(new ShipOrder(String(++count)))],
    ['random ids', 'decided differently', () => send(new ShipOrder(randomUUID()))],
    ['the clock of the machine', 'decided differently', () => deadline('late', { at: new Date() })],
    ['Date.now()', 'decided differently', () => deadline('late', { at: new Date(Date.now() + 5) })],
    [
      'a list that it keeps',
      'left different states',
      state => {
        kept.push(1);
        state.count = kept.length;
      },
    ],
    [
      'an error at the first time only',
      'threw an error once only',
      () => {
        if (++count === 1) throw new Error('not yet');
      },
    ],
  ])('are found out when they depend on %s', async (_, what, handle) => {
    const expectations = handling(handle);
    for (const expected of [
      () => expectations.thenNothing(),
      () => expectations.thenState({}),
      () => expectations.thenError('x'),
    ]) {
      const error = await expected().catch(failure => failure);
      expect(error).toMatchObject({ code: 'ERR_ASSERTION', actual: expect.anything(), expected: expect.anything() });
      expect(error.message).toContain(`'p' is not pure: called twice with OrderPlaced and the same state, it ${what}`);
      expect(error.message).toMatch(/\nfirst: .+\nthen: /s);
    }
  });

  test('may use what is always the same: the state, the time of the input, ids, and times that they are told', async () => {
    await handling((state, _, { now, newId }) => {
      state.at = now;
      state.until = new Date('2030-01-01');
      state.id = newId();
      state.isDate = now instanceof Date && state.until instanceof Date;
      return deadline('late', { at: new Date(now.getTime() + 5) });
    }).then(deadline('late', { in: 5 }));
  });

  test('are found out in what is given as well', async () => {
    const counting = defineProcess({
      ...{ name: 'p', correlate: ({ payload }) => payload.orderId, state: {} },
      starts: { OrderPlaced: () => send(new ShipOrder(String(++count))) },
    });
    const error = await given(placed)
      .process(counting)
      .when(placed)
      .thenError('x')
      .catch(failure => failure);
    expect(error.message).toContain('is not pure');
  });

  test('the clock is as before', async () => {
    const real = Date;
    await handling(() => []).thenNothing();
    expect(Date).toBe(real);
  });
});

describe('the state of a process in a test', () => {
  test('keeps what JSON does not', async () => {
    await handling(state => {
      state.seen = new Map([['a', new Set([1n, undefined])]]);
      state.at = new Date(0);
    }).thenState({ seen: new Map([['a', new Set([1n, undefined])]]), at: new Date(0) });
  });

  test('is refused with the field that cannot be stored', async () => {
    const keeping = handling(state => {
      state.parts = { order: new OrderPlaced('o1', 1) };
    });
    await keeping.thenError('parts.order is an instance of OrderPlaced');
    const error = await keeping.thenNothing().catch(failure => failure);
    expect(error).toMatchObject({ code: 'ERR_ASSERTION', cause: expect.any(Error) });
  });

  test('is found out where it does not come back: a field that was deleted', async () => {
    @ProcessManager('forgetful', { correlate: ({ payload }) => payload.orderId })
    class Forgetful {
      note?: string = 'new';

      @Starts(OrderPlaced)
      placed() {
        delete this.note;
      }
    }
    const error = await given()
      .process(Forgetful)
      .when(placed)
      .thenNothing()
      .catch(failure => failure);
    expect(error).toMatchObject({ code: 'ERR_ASSERTION', actual: { note: 'new' } });
    expect(error.message).toMatch(/^The state of 'forgetful' does not survive being stored\.\nstate: Forgetful \{\}/);
  });

  test('is refused at once where the first one cannot be stored', () => {
    @ProcessManager('unmade', { correlate: ({ payload }) => payload.orderId })
    class Unmade {
      readonly double = (value: number): number => value * 2;

      @Starts(OrderPlaced)
      placed() {}
    }
    expect(() => given().process(Unmade)).toThrow('double is a function');
    const wrong = { name: 'p', correlate: () => 'x', state: { at: new OrderPlaced('o1', 1) }, starts: { A: () => [] } };
    expect(() => defineProcess(wrong)).toThrow('state cannot be stored: at is an instance of OrderPlaced. Use plain');
  });
});
