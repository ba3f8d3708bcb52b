import { cancel, deadline, end, send } from 'eventuality/processes';
import { command, type Fulfilment, type FulfilmentState, fulfilment, scenes } from './orders';

const MINUTE = 60_000;
const scene = scenes();

/** Ships in a way that is refused, or fails. */
const shipping = (more: object): NonNullable<Fulfilment['on']> => ({
  Paid: (state, { orderId }) => {
    state.paid = true;
    return [cancel('payment'), send(command('Ship', orderId, more))];
  },
});

describe('a process', () => {
  test('sends commands because something happened, and ends', async () => {
    const app = scene();
    await app.happens(command('Place', 'o1'));
    expect(await app.events('o1')).toEqual(['OrderPlaced', 'PaymentRequested']);
    await app.happens(command('Pay', 'o1'));
    await app.passes(60 * MINUTE);
    expect(await app.events('o1')).toEqual(['OrderPlaced', 'PaymentRequested', 'Paid', 'Shipped']);
    expect(await app.instance('o1')).toMatchObject({
      ...{ status: 'ended', run: 1, state: { paid: true, steps: ['placed', 'paid'] }, error: undefined },
    });
  });

  test('does something when nothing happens in time, and not a millisecond before', async () => {
    const app = scene();
    await app.happens(command('Place', 'o1'));
    await app.passes(30 * MINUTE - 1);
    expect(await app.events('o1')).toEqual(['OrderPlaced', 'PaymentRequested']);
    await app.passes(1);
    expect(await app.events('o1')).toEqual(['OrderPlaced', 'PaymentRequested', 'OrderCancelled']);
  });

  test('notes what comes after its end, and does nothing', async () => {
    const app = scene();
    await app.happens(command('Place', 'o1'));
    await app.passes(30 * MINUTE);
    await app.happens(command('Pay', 'o1'));
    expect(await app.events('o1')).toEqual(['OrderPlaced', 'PaymentRequested', 'OrderCancelled', 'Paid']);
    const { steps } = await app.flow.processManagers.of('fulfilment').history('o1');
    expect(steps.at(-1)).toMatchObject({ name: 'Paid', status: 'noted', note: 'the instance has ended' });
  });

  test('takes what was recorded in time before what is due, also after an outage', async () => {
    const app = scene();
    await app.happens(command('Place', 'o1'));
    await app.flow.processors.close();
    await app.flow.dispatch(command('Pay', 'o1'));
    app.clock.advanceBy(120 * MINUTE);
    await app.restart();
    expect(await app.events('o1')).toEqual(['OrderPlaced', 'PaymentRequested', 'Paid', 'Shipped']);
  });

  test('hears of a command that throws after its retries, and undoes those that were done', async () => {
    const retry = { attempts: 2, delay: 0 };
    const app = scene({ processors: [fulfilment({ retry, on: shipping({ fails: 'no truck' }) })] });
    await app.happens(command('Place', 'o1'));
    await app.happens(command('Pay', 'o1'));
    expect(await app.events('o1')).toEqual(['OrderPlaced', 'PaymentRequested', 'Paid', 'Refunded', 'OrderCancelled']);
    expect((await app.instance('o1'))!.state.steps).toEqual(['placed', 'unshippable: no truck']);
  });

  test('hears of a command that led to no events', async () => {
    const app = scene({ processors: [fulfilment({ on: shipping({ refused: true }) })] });
    await app.happens(command('Place', 'o1'));
    await app.happens(command('Pay', 'o1'));
    expect((await app.instance('o1'))!.state.steps).toEqual(['placed', 'unshippable: refused']);
    expect(await app.events('o1')).toEqual(['OrderPlaced', 'PaymentRequested', 'Paid', 'Refunded', 'OrderCancelled']);
  });

  test('without a handler for it, a command that led to no events is noted, and the instance goes on', async () => {
    const app = scene({ processors: [fulfilment({ on: shipping({ refused: true }), rejected: {} })] });
    await app.happens(command('Place', 'o1'));
    await app.happens(command('Pay', 'o1'));
    const { steps } = await app.flow.processManagers.of('fulfilment').history('o1');
    expect(steps.at(-1)!.commands).toMatchObject([{ name: 'Ship', status: 'rejected', note: 'it led to no events' }]);
    expect(await app.instance('o1')).toMatchObject({ status: 'running' });
  });

  test('sends the commands of an instance one at a time, in the order decided', async () => {
    const log: string[] = [];
    const slow = async ({ n }: { n: number }): Promise<void> => {
      log.push(`begins ${n}`);
      await new Promise(resolve => setTimeout(resolve, 5));
      log.push(`ends ${n}`);
    };
    const starts: Fulfilment['starts'] = {
      OrderPlaced: () => [1, 2, 3].map(n => send({ name: 'Slow', message: { n } })),
    };
    const app = scene({ processors: [fulfilment({ starts })], commandHandlers: { Slow: slow } });
    await app.happens(command('Place', 'o1'));
    expect(log).toEqual(['begins 1', 'ends 1', 'begins 2', 'ends 2', 'begins 3', 'ends 3']);
  });

  test('drops what it has not sent when it ends, except what is decided with the end', async () => {
    const app = scene({
      processors: [
        fulfilment({
          starts: {
            OrderPlaced: (_, { orderId }) => [
              send(command('Note', orderId, { refused: true })),
              send(command('RequestPayment', orderId)),
            ],
          },
          rejected: { Note: (_, { id }) => [send(command('Cancel', id)), end()] },
        }),
      ],
    });
    await app.happens(command('Place', 'o1'));
    expect(await app.events('o1')).toEqual(['OrderPlaced', 'OrderCancelled']);
    const [placed] = (await app.flow.processManagers.of('fulfilment').history('o1')).steps;
    expect(placed!.commands.map(({ name, status }) => [name, status])).toEqual([
      ['Note', 'rejected'],
      ['RequestPayment', 'cancelled'],
    ]);
  });

  test('gives its commands the correlation and the metadata of the event', async () => {
    const app = scene();
    await app.flow.processors.ready();
    const placed = await app.flow.dispatch(command('Place', 'o1'), { metadata: { actor: 'ann' } });
    await app.settle();
    const [event] = await app.eventStore.read({ aggregateName: 'Payment', aggregateId: 'o1' });
    const { correlationId } = placed.events[0]!.metadata;
    expect(event!.metadata).toMatchObject({ correlationId, actor: 'ann', commandCausationId: placed.events[0]!.id });
  });

  test('is handled in segments, each instance in one', async () => {
    const app = scene({ processors: [fulfilment({ segments: 8 })] });
    const ids = Array.from({ length: 40 }, (_, n) => `o${n}`);
    await app.happens(...ids.map(id => command('Place', id)));
    await app.happens(...ids.filter((_, n) => n % 2 === 0).map(id => command('Pay', id)));
    await app.passes(30 * MINUTE);
    for (const [n, id] of ids.entries()) {
      const last = n % 2 === 0 ? ['Paid', 'Shipped'] : ['OrderCancelled'];
      expect(await app.events(id)).toEqual(['OrderPlaced', 'PaymentRequested', ...last]);
    }
  });

  test('moves a deadline that is set again, and cancels one that is not there without a word', async () => {
    const on: NonNullable<Fulfilment['on']> = {
      OrderNoted: (state: FulfilmentState, { again }) => {
        state.steps.push('noted');
        return again ? deadline('payment', { in: '10m' }) : [cancel('payment'), cancel('payment')];
      },
    };
    const app = scene({ processors: [fulfilment({ on })] });
    await app.happens(command('Place', 'o1'), command('Place', 'o2'));
    await app.passes(29 * MINUTE);
    await app.happens(command('Note', 'o1', { again: true }), command('Note', 'o2'));
    await app.passes(9 * MINUTE);
    expect(await app.events('o1')).not.toContain('OrderCancelled');
    await app.passes(1 * MINUTE);
    expect(await app.events('o1')).toContain('OrderCancelled');
    await app.passes(90 * MINUTE);
    expect(await app.events('o2')).not.toContain('OrderCancelled');
  });

  test('takes what is decided about one deadline in order', async () => {
    const starts: Fulfilment['starts'] = {
      OrderPlaced: (_, { orderId }) =>
        orderId === 'set'
          ? [cancel('payment'), deadline('payment', { in: '1h' })]
          : [deadline('payment', { in: '1h' }), cancel('payment')],
    };
    const app = scene({ processors: [fulfilment({ starts })] });
    await app.happens(command('Place', 'set'), command('Place', 'cancelled'));
    const deadlines = async (id: string) => (await app.flow.processManagers.of('fulfilment').history(id)).deadlines;
    expect(await deadlines('set')).toMatchObject([{ key: 'payment' }]);
    expect(await deadlines('cancelled')).toEqual([]);
  });
});
