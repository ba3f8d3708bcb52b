import {
  Aggregate,
  AggregateRoot,
  bootstrap,
  Command,
  CommandHandler,
  Event,
  EventHandler,
  Flow,
  Module,
  Projection,
  type ProjectionContext,
} from 'eventuality';
import { DeadlineHandler, deadline, type ProcessContext, ProcessManager, Starts, send } from 'eventuality/processes';
import { given, history } from 'eventuality/testing';
import { codecOf, dateCodec, mapCodec } from 'eventuality/values';
import { SILENT } from '../support/logger';
import { PLACES } from '../support/stores/places';
import { until } from '../support/waiting';

// #region value
class Money {
  constructor(
    readonly cents: number,
    readonly currency: string,
  ) {}

  plus({ cents }: Money): Money {
    return new Money(this.cents + cents, this.currency);
  }

  toJSON(): string {
    return `${this.cents} ${this.currency}`;
  }

  static from(stored: string): Money {
    const [cents, currency] = stored.split(' ');
    return new Money(Number(cents), currency!);
  }
}
const money = codecOf(Money);
// #endregion value

// #region event
@Event('order.placed', { codecs: { total: money, at: dateCodec, lines: [{ price: money }] } })
class OrderPlaced {
  constructor(
    readonly total: Money,
    readonly at: Date,
    readonly lines: readonly { readonly item: string; readonly price: Money }[],
  ) {}
}
// #endregion event

@Event('order.raised', { version: 2, upcast: { 1: ({ cents }) => ({ by: `${cents} EUR` }) }, codecs: { by: money } })
class OrderRaised {
  constructor(readonly by: Money) {}
}

class PlaceOrder {
  constructor(
    readonly id: string,
    readonly prices: Readonly<Record<string, number>>,
  ) {}
}
class RaiseOrder {
  constructor(
    readonly id: string,
    readonly cents: number,
  ) {}
}

// #region command
@Command('order.thank', { codecs: { total: money } })
class Thank {
  constructor(
    readonly id: string,
    readonly total: Money,
  ) {}
}
// #endregion command
const thanked: Money[] = [];

@Aggregate('Order', { snapshot: { every: 2, codecs: { total: money } } })
class Order extends AggregateRoot<OrderPlaced | OrderRaised> {
  total = new Money(0, 'EUR');
  placedAt = new Date(0);

  @CommandHandler(PlaceOrder, { creates: true })
  place({ prices }: PlaceOrder): OrderPlaced {
    const lines = Object.entries(prices).map(([item, cents]) => ({ item, price: new Money(cents, 'EUR') }));
    const total = lines.reduce((sum, { price }) => sum.plus(price), new Money(0, 'EUR'));
    return new OrderPlaced(total, new Date('2026-11-30T12:00:00Z'), lines);
  }

  @CommandHandler(RaiseOrder)
  raise({ cents }: RaiseOrder): OrderRaised {
    return new OrderRaised(new Money(cents, 'EUR'));
  }

  @CommandHandler(Thank)
  thank({ total }: Thank): [] {
    thanked.push(total);
    return [];
  }

  @EventHandler(OrderPlaced)
  placed({ total, at }: OrderPlaced): void {
    this.total = total;
    this.placedAt = at;
  }

  @EventHandler(OrderRaised)
  raised({ by }: OrderRaised): void {
    this.total = this.total.plus(by);
  }
}

// #region document
interface Line {
  readonly total: Money;
  readonly at: Date;
  readonly prices: ReadonlyMap<string, Money>;
}

@Projection('orders', { codecs: { total: money, at: dateCodec, prices: mapCodec({ value: money }) } })
class Orders {
  @EventHandler(OrderPlaced)
  placed({ total, at, lines }: OrderPlaced, { documents, event }: ProjectionContext<Line>) {
    documents.set(event.aggregateId, { total, at, prices: new Map(lines.map(({ item, price }) => [item, price])) });
  }

  @EventHandler(OrderRaised)
  raised({ by }: OrderRaised, { documents, event }: ProjectionContext<Line>) {
    return documents.update(event.aggregateId, line => ({ ...line, total: line.total.plus(by) }));
  }
}
// #endregion document
@Projection('inline-orders', {
  mode: 'inline',
  codecs: { total: money, at: dateCodec, prices: mapCodec({ value: money }) },
})
class InlineOrders extends Orders {}
@Projection('live-orders', {
  mode: 'live',
  codecs: { total: money, at: dateCodec, prices: mapCodec({ value: money }) },
})
class LiveOrders extends Orders {}

@ProcessManager('reminding', { correlate: ({ aggregateId }) => aggregateId, codecs: { total: money } })
class Reminding {
  total = new Money(0, 'EUR');
  reminders = 0;

  @Starts(OrderPlaced)
  placed({ total }: OrderPlaced, { instance }: ProcessContext) {
    this.total = total;
    return [deadline('remind', { in: '3d' }), send(new Thank(instance, total))];
  }

  @EventHandler(OrderRaised)
  raised({ by }: OrderRaised): void {
    this.total = this.total.plus(by);
  }

  @DeadlineHandler('remind')
  remind(): void {
    this.reminders++;
  }
}

@Module({ components: [Order, Orders, InlineOrders, LiveOrders, Reminding] })
class OrdersModule {}

describe.each(PLACES)('values, %s,', (_, make) => {
  const place = make();
  afterAll(() => place.end());

  test('are what handlers and readers get, and data is what is stored', async () => {
    const eventStore = place.open();
    const flow = await bootstrap(OrdersModule, { eventStore, logger: SILENT, scheduling: true });
    await flow.dispatch(new PlaceOrder('o', { pen: 120, ink: 380 }));
    const { position } = await flow.dispatch(new RaiseOrder('o', 100));
    await flow.waitFor(position!);
    const line = {
      total: new Money(600, 'EUR'),
      at: new Date('2026-11-30T12:00:00Z'),
      prices: new Map([
        ['pen', new Money(120, 'EUR')],
        ['ink', new Money(380, 'EUR')],
      ]),
    };
    for (const each of [Orders, InlineOrders, LiveOrders]) {
      const orders = flow.readModel<Line>(each);
      expect(await orders.get('o')).toEqual(line);
      expect((await orders.getMany(['o', 'p'])).get('o')).toEqual(line);
      expect((await orders.first())!.total.plus(new Money(1, 'EUR'))).toEqual(new Money(601, 'EUR'));
      expect(Object.isFrozen(await orders.get('o'))).toBe(true);
    }
    const [placed] = await eventStore.read({ aggregateName: 'Order', aggregateId: 'o' });
    expect({ ...placed!.payload }).toEqual({
      ...{ total: '500 EUR', at: '2026-11-30T12:00:00.000Z' },
      lines: [
        { item: 'pen', price: '120 EUR' },
        { item: 'ink', price: '380 EUR' },
      ],
    });
    const { activeVersion } = await flow.processors.of('orders').status();
    expect((await eventStore.projections!.get('orders', activeVersion!, ['o'])).get('o')).toMatchObject({
      total: '600 EUR',
      prices: [
        ['pen', '120 EUR'],
        ['ink', '380 EUR'],
      ],
    });
    await flow.processors.settled();
    expect(thanked.splice(0)).toEqual([new Money(500, 'EUR')]);
    await flow.schedule(new Thank('o', new Money(1, 'EUR')), { in: 0 });
    await until(() => thanked.length > 0);
    expect(thanked.splice(0)).toEqual([new Money(1, 'EUR')]);
    const instance = await flow.processManagers.of('reminding').get('o');
    expect(instance?.state).toEqual({ total: new Money(600, 'EUR'), reminders: 0 });
    const { steps } = (await flow.processManagers.of('reminding').history('o'))!;
    expect(steps.map(({ state }) => (state as Reminding).total)).toEqual([
      new Money(500, 'EUR'),
      new Money(600, 'EUR'),
    ]);
    await flow.repository(Order).drain();
    expect((await eventStore.snapshots!.load({ aggregateName: 'Order', aggregateId: 'o' }, 1))!.state).toContain(
      '600 EUR',
    );
    const again = new Flow({ eventStore, aggregates: [Order] });
    expect((await again.repository(Order).load('o')).total.plus(new Money(1, 'EUR'))).toEqual(new Money(601, 'EUR'));
    await flow.close();
  });

  test('are made of what a step has made of stored data', async () => {
    const other = make();
    const eventStore = other.open();
    const events = [{ name: 'order.raised', schemaVersion: 1, payload: { cents: 5 } }];
    await eventStore.append([{ stream: { aggregateName: 'Order', aggregateId: 'old' }, expected: 'any', events }]);
    const flow = new Flow({ eventStore, aggregates: [Order] });
    expect((await flow.repository(Order).load('old')).total).toEqual(new Money(5, 'EUR'));
    await other.end();
  });
});

test('values in tests', async () => {
  await given(Order, new OrderRaised(new Money(1, 'EUR')))
    .when(new RaiseOrder('o', 2))
    .then(new OrderRaised(new Money(2, 'EUR')));
  await given(history(Order, 'o', new OrderPlaced(new Money(3, 'EUR'), new Date(0), [])))
    .project(Orders)
    .then({ o: { total: new Money(3, 'EUR'), at: new Date(0), prices: new Map() } });
  await given(history(Order, 'o', new OrderPlaced(new Money(3, 'EUR'), new Date(0), [])))
    .process(Reminding)
    .when(history(Order, 'o', new OrderRaised(new Money(4, 'EUR'))))
    .thenState({ total: new Money(7, 'EUR'), reminders: 0 });
});

test('a value that its codec does not take refuses the event, and nothing is stored', async () => {
  await expect(
    given(Order)
      .when(new PlaceOrder('o', { pen: 1 }))
      .then(new OrderPlaced('3 EUR' as never, new Date(0), [])),
  ).rejects.toMatchObject({ code: 'CODEC_FAILED', path: 'total', cause: { code: 'INVALID_VALUE' } });
});
