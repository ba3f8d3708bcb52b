import { Aggregate, AggregateRoot, CommandHandler, EventHandler } from 'eventuality';

// The domain that the tests of this folder share: accounts, and transfers between two of them.
export class OpenAccount {
  constructor(readonly id: string) {}
}
export class Deposit {
  constructor(
    readonly id: string,
    readonly amount: number,
  ) {}
}
export class Transfer {
  constructor(
    readonly from: string,
    readonly to: string,
    readonly amount: number,
  ) {}
}
export class AccountOpened {}
export class Deposited {
  constructor(readonly amount: number) {}
}
export class Withdrawn {
  constructor(readonly amount: number) {}
}

@Aggregate('Account')
export class Account extends AggregateRoot<AccountOpened | Deposited | Withdrawn> {
  balance = 0;

  @CommandHandler(OpenAccount, { creates: true })
  open() {
    return new AccountOpened();
  }

  @CommandHandler(Deposit)
  deposit({ amount }: Deposit) {
    return new Deposited(amount);
  }

  @EventHandler(Deposited)
  onDeposited({ amount }: Deposited) {
    this.balance += amount;
  }

  @EventHandler(Withdrawn)
  onWithdrawn({ amount }: Withdrawn) {
    this.balance -= amount;
  }

  receive(amount: number): void {
    this.apply(new Deposited(amount));
  }

  pay(amount: number): void {
    if (amount > this.balance) throw new Error('not enough money');
    this.apply(new Withdrawn(amount));
  }
}
