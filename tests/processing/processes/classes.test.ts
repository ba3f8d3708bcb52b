import 'reflect-metadata';
import {
  Aggregate,
  AggregateRoot,
  type Application,
  bootstrap,
  CommandHandler,
  Event,
  EventHandler,
  Module,
  Projection,
} from 'eventuality';
import {
  cancel,
  type Deadline,
  DeadlineHandler,
  deadline,
  Ends,
  end,
  type ProcessContext,
  ProcessManager,
  Rejected,
  type RejectionContext,
  Starts,
  send,
} from 'eventuality/processes';
import { testFlow } from '../../../src/testing';
import { SILENT } from '../../support/logger';

@Event('order.placed')
class OrderPlaced {
  constructor(
    readonly orderId: string,
    readonly cents: number,
  ) {}

  get euros(): number {
    return this.cents / 100;
  }
}
@Event('order.paid')
class OrderPaid {
  constructor(readonly orderId: string) {}
}
@Event('order.shipped')
class OrderShipped {
  constructor(readonly orderId: string) {}
}
@Event('order.cancelled')
class OrderCancelled {
  constructor(readonly orderId: string) {}
}

class PlaceOrder {
  constructor(
    readonly id: string,
    readonly cents: number,
  ) {}
}
class PayOrder {
  constructor(readonly id: string) {}
}
class ShipOrder {
  constructor(readonly id: string) {}
}
class CancelOrder {
  constructor(
    readonly id: string,
    readonly why: string,
  ) {}
}

@Aggregate('Order')
class Order extends AggregateRoot<OrderPlaced | OrderPaid | OrderShipped | OrderCancelled> {
  private cents = 0;

  @CommandHandler(PlaceOrder, { creates: true })
  place({ id, cents }: PlaceOrder) {
    return new OrderPlaced(id, cents);
  }

  @CommandHandler(PayOrder)
  pay({ id }: PayOrder) {
    return new OrderPaid(id);
  }

  @CommandHandler(ShipOrder)
  ship(command: ShipOrder) {
    if (!(command instanceof ShipOrder)) throw new Error('what is this?');
    return this.cents > 1000 ? [] : new OrderShipped(command.id);
  }

  @CommandHandler(CancelOrder)
  cancel({ id }: CancelOrder) {
    return new OrderCancelled(id);
  }

  @EventHandler(OrderPlaced)
  placed({ cents }: OrderPlaced) {
    this.cents = cents;
  }
}

@ProcessManager('fulfilment', { correlate: ({ payload }) => payload.orderId })
class Fulfilment {
  private euros = 0;
  private readonly seen: string[] = [];

  @Starts(OrderPlaced)
  placed(event: OrderPlaced, { newId }: ProcessContext) {
    this.euros = event.euros;
    this.seen.push(newId());
    return deadline('payment', { in: '30m' }, { cents: event.cents });
  }

  @EventHandler(OrderPaid)
  paid({ orderId }: OrderPaid) {
    return [cancel('payment'), send(new ShipOrder(orderId))];
  }

  @DeadlineHandler('payment')
  late({ content }: Deadline<{ cents: number }>, { instance }: ProcessContext) {
    return [send(new CancelOrder(instance, `${content!.cents} cents are missing`)), end()];
  }

  @Rejected(ShipOrder)
  unshippable(command: ShipOrder, { error }: RejectionContext) {
    return [send(new CancelOrder(command.id, `${command instanceof ShipOrder} ${error}`)), end()];
  }

  @Ends(OrderShipped)
  shipped() {}
}

@Module({ components: [Order, Fulfilment] })
class OrderModule {}

const eventsOf = async ({ eventStore }: Application): Promise<string[]> =>
  (await eventStore.readAll({ limit: 100 })).map(({ name }) => name);

describe('a class with @ProcessManager', () => {
  test('keeps its state in its fields, and gets instances of events and commands', async () => {
    await using app = await testFlow(OrderModule);
    await app.flow.dispatch(new PlaceOrder('o1', 900));
    await app.settle();
    await app.flow.dispatch(new PayOrder('o1'));
    await app.settle();
    expect(await eventsOf(app.flow)).toEqual(['order.placed', 'order.paid', 'order.shipped']);
    const found = await app.flow.processManagers.of(Fulfilment).get('o1');
    expect(found).toMatchObject({ status: 'ended', state: { euros: 9, seen: [expect.any(String)] } });
  });

  test('hears of deadlines and of rejected commands', async () => {
    await using app = await testFlow(OrderModule);
    await app.flow.dispatch(new PlaceOrder('late', 900));
    await app.flow.dispatch(new PlaceOrder('dear', 9000));
    await app.flow.dispatch(new PayOrder('dear'));
    await app.settle();
    app.clock.advanceBy(30 * 60_000);
    await app.settle();
    expect(app.commands.filter(({ name }) => name === 'CancelOrder').map(({ command }) => command)).toEqual([
      new CancelOrder('dear', 'true undefined'),
      new CancelOrder('late', '900 cents are missing'),
    ]);
  });

  test('is refused with all its mistakes at once', async () => {
    @Projection('both')
    // @ts-expect-error a process manager has no dependencies
    @ProcessManager('wrong', { correlate: 7 as never, keep: 'long' })
    class Wrong {
      readonly #hidden = 1;

      constructor(readonly clock: { now(): number }) {}

      @EventHandler(OrderPaid)
      one() {
        return this.#hidden;
      }

      @EventHandler(OrderPaid)
      other() {}

      @DeadlineHandler('twice')
      first() {}

      @DeadlineHandler('twice')
      second() {}

      @CommandHandler(PayOrder)
      pay() {}

      @Starts(OrderShipped)
      static shipped() {}
    }
    @Module({ components: [Order, Wrong] })
    class WrongModule {}
    const { faults } = await bootstrap(WrongModule).catch(error => error);
    for (const part of [
      ...['constructor with parameters', '#hidden', 'projection or a reactor', '@CommandHandler', 'is static'],
      ...['2 handlers for order.paid', "the deadline 'twice'", 'correlate is 7', 'keep is', 'no event starts it'],
    ])
      expect(faults.join('\n')).toContain(part);
  });

  test('is refused where its first state cannot be stored', async () => {
    @ProcessManager('functional', { correlate: ({ payload }) => payload.orderId })
    class Functional {
      readonly double = (value: number): number => value * 2;

      @Starts(OrderPlaced)
      placed() {}
    }
    @Module({ components: [Order, Functional] })
    class FunctionalModule {}
    await expect(bootstrap(FunctionalModule)).rejects.toThrow(
      'Functional, a process manager, has a first state that cannot be stored: double is a function.',
    );
  });

  test('parks an instance that cannot be made, and goes on with the others', async () => {
    let full = false;
    @ProcessManager('limited', { correlate: ({ payload }) => payload.orderId })
    class Limited {
      constructor() {
        if (full) throw new Error('no room');
      }

      @Starts(OrderPlaced)
      placed() {}
    }
    @Module({ components: [Order, Limited] })
    class LimitedModule {}
    await using app = await testFlow(LimitedModule, { logger: SILENT });
    full = true;
    await app.flow.dispatch(new PlaceOrder('o1', 900));
    await app.settle();
    full = false;
    await app.flow.dispatch(new PlaceOrder('o2', 900));
    await app.settle();
    const limited = app.flow.processManagers.of(Limited);
    expect(await limited.get('o1')).toMatchObject({ status: 'parked', error: expect.stringContaining('no room') });
    expect(await limited.get('o2')).toMatchObject({ status: 'running' });
    await limited.retry('o1');
    await app.settle();
    expect(await limited.get('o1')).toMatchObject({ status: 'running', run: 1, error: undefined });
  });

  test('needs a name, and deadlines need keys', () => {
    expect(() => ProcessManager('', { correlate: () => 'x' })).toThrow('@ProcessManager needs a durable name');
    expect(() => DeadlineHandler('$mine')).toThrow('@DeadlineHandler needs the key of a deadline');
  });
});
