import {
  Aggregate,
  AggregateRoot,
  CommandHandler,
  Event,
  EventHandler,
  type HandlerContext,
  InjectRepository,
  Module,
  type Repository,
} from 'eventuality';

// The domain of the pages on creating aggregates, on uniqueness and on checking input.

// #region commands
export class RegisterCustomer {
  constructor(
    readonly id: string,
    readonly name: string,
    readonly email: string,
  ) {}
}

export class ChangeEmail {
  constructor(
    readonly customerId: string,
    readonly email: string,
  ) {}
}
// #endregion commands

@Event('customer.registered')
export class CustomerRegistered {
  constructor(
    readonly name: string,
    readonly email: string,
  ) {}
}

@Event('customer.email-changed')
export class EmailChanged {
  constructor(readonly email: string) {}
}

// #region customer
@Aggregate('Customer')
export class Customer extends AggregateRoot<CustomerRegistered | EmailChanged> {
  email = '';

  register(name: string, email: string): this {
    this.apply(new CustomerRegistered(name, email));
    return this;
  }

  changeEmail(email: string): void {
    if (email !== this.email) this.apply(new EmailChanged(email));
  }

  @EventHandler(CustomerRegistered)
  onRegistered({ email }: CustomerRegistered) {
    this.email = email;
  }

  @EventHandler(EmailChanged)
  onEmailChanged({ email }: EmailChanged) {
    this.email = email;
  }
}
// #endregion customer

// #region reservation
export class EmailTakenError extends Error {}

@Event('email.taken')
class EmailTaken {
  constructor(readonly customerId: string) {}
}

@Event('email.released')
class EmailReleased {
  constructor(readonly customerId: string) {}
}

/** One for each e-mail address, which is its id: its customer has the address. */
@Aggregate('EmailAddress')
class EmailAddress extends AggregateRoot<EmailTaken | EmailReleased> {
  private owner: string | undefined;

  takeFor(customerId: string): void {
    if (this.owner === customerId) return;
    if (this.owner !== undefined) throw new EmailTakenError(`${this.id} belongs to another customer.`);
    this.apply(new EmailTaken(customerId));
  }

  releaseBy(customerId: string): void {
    if (this.owner === customerId) this.apply(new EmailReleased(customerId));
  }

  @EventHandler(EmailTaken)
  onTaken({ customerId }: EmailTaken) {
    this.owner = customerId;
  }

  @EventHandler(EmailReleased)
  onReleased() {
    this.owner = undefined;
  }
}

/** Two spellings of an address are one: the id is the canonical one. */
const canonical = (email: string): string => email.trim().toLowerCase();
// #endregion reservation

// #region registrations
class Registrations {
  constructor(
    @InjectRepository(Customer) private readonly customers: Repository<Customer>,
    @InjectRepository(EmailAddress) private readonly addresses: Repository<EmailAddress>,
  ) {}

  @CommandHandler(RegisterCustomer)
  async register({ id, name, email }: RegisterCustomer) {
    await this.take(email, id);
    await this.customers.add(new Customer(id).register(name, email)); // AggregateAlreadyExistsError if the id is in use
  }

  @CommandHandler(ChangeEmail)
  async change({ customerId, email }: ChangeEmail) {
    const customer = await this.customers.load(customerId);
    const before = customer.email;
    customer.changeEmail(email);
    await this.take(email, customerId);
    if (canonical(before) !== canonical(email)) await this.release(before, customerId);
    await this.customers.save(customer);
  }

  private async take(email: string, customerId: string) {
    const id = canonical(email);
    const address = (await this.addresses.find(id)) ?? new EmailAddress(id);
    address.takeFor(customerId);
    await this.addresses.save(address);
  }

  private async release(email: string, customerId: string) {
    const address = await this.addresses.load(canonical(email));
    address.releaseBy(customerId);
    await this.addresses.save(address);
  }
}

@Module({ components: [Customer, EmailAddress, Registrations] })
export class CustomerModule {}
// #endregion registrations

// #region generated-id
export class Invite {
  constructor(readonly name: string) {}
}

export class Invitations {
  constructor(@InjectRepository(Customer) private readonly customers: Repository<Customer>) {}

  @CommandHandler(Invite)
  async invite({ name }: Invite, { newId }: HandlerContext) {
    const customer = new Customer(newId()); // from the context, so that tests can control it
    await this.customers.add(customer.register(name, ''));
  }
}
// #endregion generated-id
