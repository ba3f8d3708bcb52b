import {
  Aggregate,
  AggregateRoot,
  CommandHandler,
  Event,
  EventHandler,
  InjectRepository,
  Module,
  Reactor,
  type ReactorContext,
  type Repository,
} from 'eventuality';

// A typical application, as a new user would write it: customers with a unique e-mail, stock, orders, and an invoice
// for each order.

export class RegisterCustomer {
  constructor(
    readonly id: string,
    readonly email: string,
  ) {}
}

export class ReceiveStock {
  constructor(
    readonly id: string,
    readonly pieces: number,
  ) {}
}

export class PlaceOrder {
  constructor(
    readonly orderId: string,
    readonly customerId: string,
    readonly product: string,
    readonly pieces: number,
  ) {}
}

class SendInvoice {
  constructor(
    readonly id: string,
    readonly customerId: string,
  ) {}
}

@Event('customer.registered')
class CustomerRegistered {
  constructor(readonly email: string) {}
}

@Event('email.taken')
class EmailTaken {
  constructor(readonly customerId: string) {}
}

@Event('stock.received')
class StockReceived {
  constructor(readonly pieces: number) {}
}

@Event('stock.sold')
class StockSold {
  constructor(
    readonly orderId: string,
    readonly pieces: number,
  ) {}
}

@Event('order.placed')
class OrderPlaced {
  constructor(
    readonly customerId: string,
    readonly product: string,
    readonly pieces: number,
  ) {}
}

@Event('invoice.sent')
class InvoiceSent {
  constructor(readonly customerId: string) {}
}

class EmailTakenError extends Error {
  override name = 'EmailTakenError';
}

class OutOfStockError extends Error {
  override name = 'OutOfStockError';
}

@Aggregate('Customer')
class Customer extends AggregateRoot<CustomerRegistered> {
  register(email: string): this {
    this.apply(new CustomerRegistered(email));
    return this;
  }
}

/** One for each address, which is its id: the customer that has taken it has the address. */
@Aggregate('EmailAddress')
class EmailAddress extends AggregateRoot<EmailTaken> {
  private owner: string | undefined;

  takeFor(customerId: string): this {
    if (this.owner !== undefined) throw new EmailTakenError(`${this.id} belongs to another customer.`);
    this.apply(new EmailTaken(customerId));
    return this;
  }

  @EventHandler(EmailTaken)
  onTaken({ customerId }: EmailTaken) {
    this.owner = customerId;
  }
}

@Aggregate('Stock')
export class Stock extends AggregateRoot<StockReceived | StockSold> {
  pieces = 0;

  @CommandHandler(ReceiveStock, { creates: 'if-missing' })
  receive({ pieces }: ReceiveStock) {
    return new StockReceived(pieces);
  }

  sell(orderId: string, pieces: number): void {
    if (pieces > this.pieces) throw new OutOfStockError(`${this.pieces} pieces of ${this.id} are left, not ${pieces}.`);
    this.apply(new StockSold(orderId, pieces));
  }

  @EventHandler(StockReceived)
  onReceived({ pieces }: StockReceived) {
    this.pieces += pieces;
  }

  @EventHandler(StockSold)
  onSold({ pieces }: StockSold) {
    this.pieces -= pieces;
  }
}

@Aggregate('Order')
class Order extends AggregateRoot<OrderPlaced> {
  place(customerId: string, product: string, pieces: number): this {
    this.apply(new OrderPlaced(customerId, product, pieces));
    return this;
  }
}

@Aggregate('Invoice')
class Invoice extends AggregateRoot<InvoiceSent> {
  @CommandHandler(SendInvoice, { creates: true })
  send({ customerId }: SendInvoice) {
    return new InvoiceSent(customerId);
  }
}

class Registrations {
  constructor(
    @InjectRepository(Customer) private readonly customers: Repository<Customer>,
    @InjectRepository(EmailAddress) private readonly addresses: Repository<EmailAddress>,
  ) {}

  @CommandHandler(RegisterCustomer)
  async register({ id, email }: RegisterCustomer) {
    const address = (await this.addresses.find(email)) ?? new EmailAddress(email);
    await this.addresses.save(address.takeFor(id));
    await this.customers.add(new Customer(id).register(email));
  }
}

class Orders {
  constructor(
    @InjectRepository(Customer) private readonly customers: Repository<Customer>,
    @InjectRepository(Stock) private readonly stocks: Repository<Stock>,
    @InjectRepository(Order) private readonly orders: Repository<Order>,
  ) {}

  @CommandHandler(PlaceOrder)
  async place({ orderId, customerId, product, pieces }: PlaceOrder) {
    const customer = await this.customers.load(customerId);
    const stock = await this.stocks.load(product);
    stock.sell(orderId, pieces);
    await this.stocks.save(stock);
    await this.orders.add(new Order(orderId).place(customer.id, product, pieces));
  }
}

@Reactor('billing')
class Billing {
  @EventHandler(OrderPlaced)
  async placed({ customerId }: OrderPlaced, { event, dispatch }: ReactorContext) {
    await dispatch(new SendInvoice(`invoice of ${event.aggregateId}`, customerId));
  }
}

@Module({ components: [Customer, EmailAddress, Registrations] })
class CustomerModule {}

@Module({ components: [Stock, Order, Invoice, Orders, Billing] })
class OrderModule {}

@Module({ imports: [CustomerModule, OrderModule] })
export class Shop {}
