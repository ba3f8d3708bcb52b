import { Aggregate, AggregateRoot, CommandHandler, EventHandler } from 'eventuality';

export class RequestPayment {
  constructor(readonly id: string) {}
}

export class Pay {
  constructor(readonly id: string) {}
}

/** Gives back what was paid, and takes no payment any more. */
export class WithdrawPayment {
  constructor(readonly id: string) {}
}

export class PaymentRequested {}
export class PaymentReceived {}
export class PaymentRefunded {}
export class PaymentWithdrawn {}

/** The payment of an order, whose id it has. */
@Aggregate('Payment')
export class Payment extends AggregateRoot<PaymentRequested | PaymentReceived | PaymentRefunded | PaymentWithdrawn> {
  private status: 'requested' | 'received' | 'closed' = 'requested';

  @CommandHandler(RequestPayment, { creates: true })
  request() {
    return new PaymentRequested();
  }

  @CommandHandler(Pay)
  pay() {
    return this.status === 'requested' ? new PaymentReceived() : [];
  }

  @CommandHandler(WithdrawPayment)
  withdraw() {
    if (this.status === 'closed') return [];
    return this.status === 'received' ? new PaymentRefunded() : new PaymentWithdrawn();
  }

  @EventHandler(PaymentReceived)
  received() {
    this.status = 'received';
  }

  @EventHandler(PaymentRefunded)
  @EventHandler(PaymentWithdrawn)
  closed() {
    this.status = 'closed';
  }
}
