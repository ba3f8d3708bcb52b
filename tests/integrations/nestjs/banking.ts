import { Inject, Injectable, Scope } from '@nestjs/common';
import { REQUEST } from '@nestjs/core';
import {
  Aggregate,
  AggregateRoot,
  CommandHandler,
  Event,
  EventHandler,
  type HandlerContext,
  Projection,
  type ProjectionContext,
  Query,
  QueryHandler,
  Reactor,
  type ReadModel,
  type Repository,
} from 'eventuality';
import { InjectReadModel, InjectRepository } from 'eventuality/nestjs';

export class Open {
  constructor(readonly accountId: string) {}
}
export class Deposit {
  constructor(
    readonly accountId: string,
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
export class Balances extends Query<Record<string, number>> {}

@Event('account.opened')
export class Opened {}
@Event('account.moved')
export class Moved {
  constructor(readonly amount: number) {}
}

@Aggregate('account')
export class Account extends AggregateRoot<Opened | Moved> {
  #balance = 0;

  @CommandHandler(Open, { creates: true, target: ({ accountId }) => accountId })
  open() {
    return new Opened();
  }

  @CommandHandler(Deposit, { target: ({ accountId }) => accountId })
  deposit({ amount }: Deposit) {
    return this.move(amount);
  }

  move(amount: number) {
    if (this.#balance + amount < 0) throw new Error(`${this.id} has only ${this.#balance}`);
    return this.apply(new Moved(amount));
  }

  @EventHandler(Moved)
  moved({ amount }: Moved) {
    this.#balance += amount;
  }
}

/** Something that Nest makes, and handlers need. */
@Injectable()
export class Ledger {
  readonly lines: string[] = [];
}

export interface BalanceView {
  readonly id: string;
  readonly balance: number;
}

@Injectable()
@Projection('balances')
export class BalanceList {
  constructor(private readonly ledger: Ledger) {}

  @EventHandler(Opened)
  opened(_: Opened, { documents, event }: ProjectionContext<BalanceView>) {
    this.ledger.lines.push(`opened ${event.aggregateId}`);
    documents.set(event.aggregateId, { id: event.aggregateId, balance: 0 });
  }

  @EventHandler(Moved)
  async moved({ amount }: Moved, { documents, event }: ProjectionContext<BalanceView>) {
    const { balance } = (await documents.get(event.aggregateId))!;
    documents.set(event.aggregateId, { id: event.aggregateId, balance: balance + amount });
  }
}

/** Its repository takes part in the unit of work of each command, though Nest makes it once. */
@Injectable()
export class Transfers {
  constructor(@InjectRepository(Account) private readonly accounts: Repository<Account>) {}

  @CommandHandler(Transfer)
  async transfer({ from, to, amount }: Transfer) {
    const [source, target] = [await this.accounts.load(from), await this.accounts.load(to)];
    target.move(amount);
    await this.accounts.save(target);
    source.move(-amount);
    await this.accounts.save(source);
  }
}

@Injectable()
export class BalanceQueries {
  constructor(@InjectReadModel(BalanceList) private readonly balances: ReadModel<BalanceView>) {}

  @QueryHandler(Balances)
  async all() {
    const found: Record<string, number> = {};
    for await (const { id, balance } of this.balances.all()) found[id] = balance;
    return found;
  }
}

@Injectable()
@Reactor('notices')
export class Notices {
  constructor(private readonly ledger: Ledger) {}

  @EventHandler(Opened)
  opened(_: Opened, { event }: { event: { aggregateId: string } }) {
    this.ledger.lines.push(`noticed ${event.aggregateId}`);
  }
}

/** Hears in the process. */
@Injectable()
export class Hearing {
  constructor(private readonly ledger: Ledger) {}

  @EventHandler(Opened)
  opened() {
    this.ledger.lines.push('heard');
  }
}

export class Greet {
  constructor(readonly name: string) {}
}

/** Made for each command, whose context is the request. */
@Injectable({ scope: Scope.REQUEST })
export class Greetings {
  static readonly made: Greetings[] = [];

  constructor(
    @Inject(REQUEST) readonly request: HandlerContext,
    readonly ledger: Ledger,
  ) {
    Greetings.made.push(this);
  }

  @CommandHandler(Greet)
  async greet({ name }: Greet, context: HandlerContext) {
    await new Promise(resolve => setImmediate(resolve));
    this.ledger.lines.push(`${name} ${this.request === context} ${String(this.request.metadata.actor)}`);
  }
}
