import 'reflect-metadata';
import { AssertionError } from 'node:assert/strict';
import { Command } from 'eventuality';
import { CommandRejectedError, InvalidOptionsError, InvalidProcessDecisionError } from 'eventuality/errors';
import {
  cancel,
  deadline,
  defineProcess,
  end,
  type ProcessDefinition,
  ProcessManager,
  type ProcessSpecification,
  Starts,
  send,
} from 'eventuality/processes';
import { type GivenProcess, given, type History, history } from 'eventuality/testing';
import { z } from 'zod';
import {
  CancelOrder,
  Fulfilment,
  Order,
  OrderPlaced,
  OrderShipped,
  Payment,
  PaymentReceived,
  plainFulfilment,
  Refund,
  RequestPayment,
  ShipOrder,
} from './fulfilment';

type Complaint = Error & { code?: string; actual?: unknown; expected?: unknown; faults?: readonly string[] };
const complaint = (promise: Promise<unknown>): Promise<Complaint> =>
  promise.then(
    () => Promise.reject(new Error('There was no complaint.')),
    error => error,
  );

const placed = history(Order, 'o1', new OrderPlaced('o1', 900));
const paid = history(Payment, 'p1', new PaymentReceived('o1'));
const shipped = history(Order, 'o1', new OrderShipped('o1'));
const later = { now: new Date('2026-01-01T00:00:00Z') };

/** A process that an order starts. */
const process = (specification: Partial<ProcessSpecification<any, any>>): ProcessDefinition =>
  defineProcess<any, any>({
    name: 'p',
    correlate: ({ payload }) => payload.orderId,
    state: {},
    starts: { OrderPlaced: () => [] },
    ...specification,
  });

describe.each<[string, (...histories: History[]) => GivenProcess]>([
  ['a class', (...histories) => given(...histories).process(Fulfilment)],
  ['a definition', (...histories) => given(...histories).process(plainFulfilment)],
])('given, when, then for %s', (_, fulfilment) => {
  test('accepts the decisions of an event, by name and data', async () => {
    await fulfilment(placed)
      .when(paid)
      .then(cancel('payment'), send({ name: 'ShipOrder', message: { id: 'o1' } }));
    await fulfilment()
      .when(placed)
      .then(
        send(new RequestPayment('id-1', 'o1', 900), { undo: new Refund('o1') }),
        deadline('payment', { in: 1_800_000 }, { cents: 900 }),
      );
  });

  test('accepts a time for what it takes from now', async () => {
    await fulfilment()
      .when(placed, later)
      .then(
        send(new RequestPayment('id-1', 'o1', 900), { undo: new Refund('o1') }),
        deadline('payment', { at: '2026-01-01T00:30:00Z' }, { cents: 900 }),
      );
  });

  test('accepts the decisions of a deadline that comes due, and nothing of one without effect', async () => {
    await fulfilment(placed)
      .whenDue('payment')
      .then(send(new CancelOrder('o1', '900 cents are missing')), end());
    await fulfilment(placed, history(Order, 'o2', new OrderPlaced('o2', 5)))
      .whenDue('payment', { instance: 'o2', now: new Date('2020-01-01T02:00:00Z') })
      .then(send(new CancelOrder('o2', '5 cents are missing')), end());
  });

  test('accepts the decisions of a rejected command, with what reverses the ones before it', async () => {
    await fulfilment(placed, paid)
      .whenRejected(new ShipOrder('o1'))
      .then(send(new Refund('o1')), send(new CancelOrder('o1', 'refused')), end());
    await fulfilment(placed, paid)
      .whenRejected(new ShipOrder('o1'), { error: new Error('no truck'), done: [] })
      .then(send(new CancelOrder('o1', 'no truck')), end());
    await fulfilment(placed, paid)
      .whenRejected(new ShipOrder('o1'), { done: [new RequestPayment('id-1', 'o1', 900)] })
      .then(send(new Refund('o1')), send(new CancelOrder('o1', 'refused')), end());
  });

  test('accepts the end of an instance, and nothing after it', async () => {
    await fulfilment(placed, paid).when(shipped).then(end());
    await fulfilment(placed, paid, shipped).when(paid).thenNothing();
  });

  test('accepts the state, in part', async () => {
    const when = fulfilment(placed).when(paid);
    await when.thenState({ paid: true });
    await when.thenState({ cents: 900, paid: true });
    await fulfilment(placed, paid).when(shipped).thenState({ paid: true });
  });

  test('accepts the decisions of several events in a row', async () => {
    const both = history(Order, 'o1', new OrderPlaced('o1', 900), new OrderShipped('o1'));
    await fulfilment()
      .when(both)
      .then(
        send(new RequestPayment('id-1', 'o1', 900), { undo: new Refund('o1') }),
        deadline('payment', { in: '30m' }, { cents: 900 }),
        end(),
      );
  });

  test('accepts an error by its class, its code and a part of its message', async () => {
    const twice = fulfilment(placed).when(placed);
    await twice.thenError('UNEXPECTED_EVENT');
    await twice.thenError('it has already started');
    await fulfilment(placed)
      .whenRejected(new RequestPayment('id-1', 'o1', 900), { error: new Error('no money') })
      .thenError(CommandRejectedError);
    await fulfilment(placed)
      .whenRejected(new RequestPayment('id-1', 'o1', 900))
      .thenNothing();
    expect((await complaint(twice.thenNothing())).message).toMatch(
      /^Expected no decisions, but it threw UnexpectedEventError: /,
    );
    expect(await complaint(fulfilment(placed).when(paid).thenError('ANY'))).toMatchObject({ code: 'ERR_ASSERTION' });
  });
});

test('given, when, then for a process', async () => {
  // #region given
  const placed = history(Order, 'o1', new OrderPlaced('o1', 900));
  const paid = history(Payment, 'p1', new PaymentReceived('o1'));
  await given(placed)
    .process(Fulfilment)
    .when(paid)
    .then(cancel('payment'), send(new ShipOrder('o1')));
  await given(placed)
    .process(Fulfilment)
    .whenDue('payment')
    .then(send(new CancelOrder('o1', '900 cents are missing')), end());
  await given(placed, paid)
    .process(Fulfilment)
    .whenRejected(new ShipOrder('o1'), { error: new Error('no truck') })
    .then(send(new Refund('o1')), send(new CancelOrder('o1', 'no truck')), end());
  await given(placed).process(Fulfilment).when(paid).thenState({ paid: true });
  // #endregion given
});

describe('the process of a test', () => {
  const fulfilment = given(placed).process(Fulfilment);

  test('shows the difference', async () => {
    expect(await complaint(fulfilment.when(paid).then(send(new ShipOrder('o2'))))).toMatchObject({
      code: 'ERR_ASSERTION',
      actual: [{ cancel: 'payment' }, { send: 'ShipOrder', data: { id: 'o1' } }],
      expected: [{ send: 'ShipOrder', data: { id: 'o2' } }],
    });
    expect(await complaint(given().process(Fulfilment).when(placed, later).thenNothing())).toMatchObject({
      actual: [
        {
          ...{ send: 'RequestPayment', data: { id: 'id-1', orderId: 'o1', cents: 900 } },
          undo: { name: 'Refund', data: { orderId: 'o1' } },
        },
        { deadline: 'payment', dueAt: '2026-01-01T00:30:00.000Z', content: { cents: 900 } },
      ],
    });
    expect(await complaint(fulfilment.when(paid).thenState({ paid: false }))).toMatchObject({ actual: { paid: true } });
  });

  test('says why nothing was decided', async () => {
    const messages = [
      await complaint(given().process(Fulfilment).when(paid).then(end())),
      await complaint(given(placed, shipped).process(Fulfilment).when(paid).then(end())),
      await complaint(given().process(process({})).when(shipped).then(end())),
      await complaint(given().process(Fulfilment).when(paid).thenState({ paid: true })),
    ].map(({ message }) => message);
    expect(messages).toEqual([
      "Expected the decisions [ { end: true } ], but nothing was decided: 'fulfilment' has no instance 'o1'.",
      'Expected the decisions [ { end: true } ], but nothing was decided: the instance has ended.',
      "Expected the decisions [ { end: true } ], but nothing was decided: the process 'p' does not handle OrderShipped.",
      "Expected the state { paid: true }, but there is no instance: 'fulfilment' has no instance 'o1'.",
    ]);
  });

  test('takes the ids of its context from a list or a function', async () => {
    const decided = (id: string) => send(new RequestPayment(id, 'o1', 900), { undo: new Refund('o1') });
    const limit = deadline('payment', { in: '30m' }, { cents: 900 });
    await given()
      .process(Fulfilment, { ids: ['a'] })
      .when(placed)
      .then(decided('a'), limit);
    let made = 0;
    const ids = (): string => `n${++made}`;
    await given().process(Fulfilment, { ids }).when(placed).then(decided('n1'), limit);
    const other = history(Order, 'o2', new OrderPlaced('o2', 1));
    await given(other).process(Fulfilment).when(placed).then(decided('id-2'), limit);
  });

  test('is refused when the given events have failed, or do not lead to what comes', async () => {
    const messages = [
      await complaint(given(placed, placed).process(Fulfilment).when(paid).thenNothing()),
      await complaint(given(placed, paid).process(Fulfilment).whenDue('payment').thenNothing()),
      await complaint(given().process(Fulfilment).whenDue('payment').thenNothing()),
      await complaint(fulfilment.whenDue('payment', { instance: 'o7' }).thenNothing()),
      await complaint(fulfilment.whenDue('payment', { now: new Date('2020-01-01') }).thenNothing()),
      await complaint(fulfilment.whenRejected(new ShipOrder('o1')).thenNothing()),
      await complaint(
        fulfilment.whenRejected(new RequestPayment('id-1', 'o1', 900), { done: [new Refund('o1')] }).thenNothing(),
      ),
    ];
    expect(messages.map(error => error instanceof AssertionError)).toEqual(messages.map(() => true));
    expect(messages.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^What is given has already failed, with OrderPlaced of Order 'o1': .*it has already started/,
      ),
      "'o1' has no deadline 'payment'. It has none.",
      'What is given leads to 0 instances, so it is not clear which is meant. There are none. Give an event that starts one.',
      "What is given leads to no instance 'o7'. There are 'o1'.",
      "The deadline 'payment' of 'o1' is due at 2020-01-01T00:30:00.000Z, which is after `now`, 2020-01-01T00:00:00.000Z.",
      '\'o1\' has not sent ShipOrder {"id":"o1"}. It has sent RequestPayment {"id":"id-1","orderId":"o1","cents":900}.',
      expect.stringMatching(/^'o1' has not sent Refund/),
    ]);
  });

  test('is refused with what it is called with wrongly', async () => {
    class Plain {}
    expect(() => given().process(Plain)).toThrow(
      "process is the function Plain; it must be a class with @ProcessManager('name'), or what defineProcess makes.",
    );
    expect(() => given().process(Fulfilment, { ids: 7 as never })).toThrow(InvalidOptionsError);
    expect(() => fulfilment.when(new OrderPlaced('o1', 1) as never)).toThrow('it must be what history(...) makes');
    expect(() => fulfilment.when(paid, { now: '2026' as never })).toThrow('now is');
    expect(() => fulfilment.whenDue('')).toThrow('the key of a deadline');
    expect(() => fulfilment.whenRejected({ id: 'o1' })).toThrow('a command: an instance of its class');
    expect(() => fulfilment.whenRejected(new ShipOrder('o1'), { error: 'x' as never })).toThrow('error is');
    for (const wrong of [new ShipOrder('o1'), deadline('payment', { in: 'long' }), undefined])
      expect(await complaint(fulfilment.when(paid).then(wrong as never))).toMatchObject({ code: 'INVALID_OPTIONS' });
    const early = Promise.resolve(fulfilment.when(paid) as unknown);
    expect((await complaint(early)).message).toMatch(/^Say what is expected: .then\(...decisions\)/);
  });

  test('is refused with all faults of its class', () => {
    // @ts-expect-error a process manager has no dependencies
    @ProcessManager('wrong', { correlate: 7 as never })
    class Wrong {
      constructor(readonly clock: { now(): number }) {}

      @Starts(OrderPlaced)
      static placed() {}
    }
    expect(() => given().process(Wrong as never)).toThrow(
      expect.objectContaining({
        code: 'WIRING',
        faults: expect.arrayContaining([
          expect.stringContaining('constructor with parameters'),
          expect.stringContaining('is static'),
          expect.stringContaining('correlate is 7'),
        ]),
      }),
    );
  });
});

describe('a command that does not fit its schema', () => {
  @Command('order.bill', { schema: z.object({ id: z.string(), cents: z.int().min(1) }) })
  class Bill {
    constructor(
      readonly id: string,
      readonly cents: number,
    ) {}
  }
  const billing = (decide: (cents: number) => ReturnType<typeof send>) =>
    given().process(process({ starts: { OrderPlaced: (_, { cents }) => decide(cents) } }));
  const free = history(Order, 'o1', new OrderPlaced('o1', 0));

  test.each([
    ['decided', (cents: number) => send(new Bill('o1', cents))],
    [
      'decided for the case that others fail',
      (cents: number) => send(new Refund('o1'), { undo: new Bill('o1', cents) }),
    ],
  ])('is an error when it is %s, as in a flow', async (__, decide) => {
    await billing(decide).when(free).thenError(InvalidProcessDecisionError);
    await billing(decide).when(free).thenError("The command 'order.bill' does not fit its schema: cents");
    await billing(decide).when(placed).then(decide(900));
  });
});
