import { Aggregate, AggregateRoot, EventHandler } from 'eventuality';
import {
  cancel,
  type Deadline,
  DeadlineHandler,
  deadline,
  defineProcess,
  Ends,
  end,
  type ProcessContext,
  ProcessManager,
  Rejected,
  type RejectionContext,
  Starts,
  send,
} from 'eventuality/processes';

/** Events of two aggregates, the commands of a process, and the process in both styles. */
export class OrderPlaced {
  constructor(
    readonly orderId: string,
    readonly cents: number,
  ) {}
}
export class OrderShipped {
  constructor(readonly orderId: string) {}
}
export class PaymentReceived {
  constructor(readonly orderId: string) {}
}

export class RequestPayment {
  constructor(
    readonly id: string,
    readonly orderId: string,
    readonly cents: number,
  ) {}
}
export class Refund {
  constructor(readonly orderId: string) {}
}
export class ShipOrder {
  constructor(readonly id: string) {}
}
export class CancelOrder {
  constructor(
    readonly id: string,
    readonly why: string,
  ) {}
}

@Aggregate('Order')
export class Order extends AggregateRoot<OrderPlaced | OrderShipped> {}

@Aggregate('Payment')
export class Payment extends AggregateRoot<PaymentReceived> {}

const correlate = ({ payload }: { readonly payload: any }): string | undefined => payload.orderId;

@ProcessManager('fulfilment', { correlate })
export class Fulfilment {
  private cents = 0;
  private paid = false;

  @Starts(OrderPlaced)
  placed({ orderId, cents }: OrderPlaced, { newId }: ProcessContext) {
    this.cents = cents;
    return [
      send(new RequestPayment(newId(), orderId, cents), { undo: new Refund(orderId) }),
      deadline('payment', { in: '30m' }, { cents }),
    ];
  }

  @EventHandler(PaymentReceived)
  received({ orderId }: PaymentReceived) {
    this.paid = true;
    return [cancel('payment'), send(new ShipOrder(orderId))];
  }

  @DeadlineHandler('payment')
  late({ content }: Deadline<{ cents: number }>, { instance }: ProcessContext) {
    return this.paid ? [] : [send(new CancelOrder(instance, `${content!.cents} cents are missing`)), end()];
  }

  @Rejected(ShipOrder)
  unshippable(command: ShipOrder, { error, undo }: RejectionContext) {
    if (!(command instanceof ShipOrder)) throw new TypeError('It is another command.');
    const why = error?.message ?? 'refused';
    return [...undo(), send(new CancelOrder(command.id, why)), end()];
  }

  @Ends(OrderShipped)
  shipped() {}
}

interface State {
  cents: number;
  paid: boolean;
}

const command = (name: string, message: object) => ({ name, message });

export const plainFulfilment = defineProcess<State, 'payment'>({
  name: 'plain fulfilment',
  correlate,
  state: { cents: 0, paid: false },
  starts: {
    OrderPlaced: (state, { orderId, cents }, { newId }) => {
      state.cents = cents;
      return [
        send(command('RequestPayment', { id: newId(), orderId, cents }), { undo: command('Refund', { orderId }) }),
        deadline('payment', { in: '30m' }, { cents }),
      ];
    },
  },
  on: {
    PaymentReceived: (state, { orderId }) => {
      state.paid = true;
      return [cancel('payment'), send(command('ShipOrder', { id: orderId }))];
    },
  },
  deadlines: {
    payment: ({ paid }, { content }, { instance }) =>
      paid ? [] : [send(command('CancelOrder', { id: instance, why: `${content.cents} cents are missing` })), end()],
  },
  rejected: {
    ShipOrder: (_, { id }, { error, undo }) => [
      ...undo(),
      send(command('CancelOrder', { id, why: error?.message ?? 'refused' })),
      end(),
    ],
  },
  ends: ['OrderShipped'],
});
