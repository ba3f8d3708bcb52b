import 'reflect-metadata';
import type { ProjectionContext, ReadModel, Repository } from 'eventuality';
import {
  bootstrap,
  CommandHandler,
  EventHandler,
  InjectReadModel,
  InjectRepository,
  Module,
  Projection,
  Query,
  QueryHandler,
  type Token,
} from 'eventuality';
import { type ContainerAdapter, injectedTokens, type Registration } from 'eventuality/container';
import { TsyringeAdapter } from 'eventuality/tsyringe';
import { container as rootContainer } from 'tsyringe';
import { Account, AccountOpened, OpenAccount, Transfer } from '../domain/accounts';

@Projection('accounts')
class AccountList {
  @EventHandler(AccountOpened)
  opened(_event: AccountOpened, { documents, event }: ProjectionContext<{ open: boolean }>) {
    documents.set(event.aggregateId, { open: true });
  }
}

class Limits {
  constructor(readonly highest: number) {}
}

class IsOpen extends Query<boolean> {
  constructor(readonly id: string) {
    super();
  }
}

class Accounts {
  constructor(@InjectReadModel(AccountList) private readonly list: ReadModel<{ open: boolean }>) {}

  @QueryHandler(IsOpen)
  async isOpen({ id }: IsOpen) {
    return (await this.list.get(id))?.open ?? false;
  }
}

// #region inject
class Transfers {
  static readonly inject: Token[] = [Limits];

  constructor(
    private readonly limits: Limits,
    @InjectRepository(Account) private readonly accounts: Repository<Account>,
  ) {}

  @CommandHandler(Transfer)
  async transfer({ from, to, amount }: Transfer) {
    const [payer, payee] = [await this.accounts.load(from), await this.accounts.load(to)];
    payee.receive(Math.min(amount, this.limits.highest));
    await this.accounts.save(payee);
    payer.pay(amount);
    await this.accounts.save(payer);
  }
}
// #endregion inject

// #region adapter
class SmallContainer implements ContainerAdapter {
  readonly #registrations = new Map<Token, Registration>();
  readonly #made = new Map<Token, unknown>();

  constructor(private readonly parent?: SmallContainer) {}

  register<T>(token: Token<T>, registration: Registration<T>): void {
    this.#registrations.set(token, registration);
  }

  has(token: Token): boolean {
    return this.#registrations.has(token) || (this.parent?.has(token) ?? false);
  }

  createScope(): SmallContainer {
    return new SmallContainer(this);
  }

  resolve<T>(token: Token<T>, scope: SmallContainer = this): T {
    const registration = this.#registrations.get(token);
    if (!registration) {
      if (this.parent) return this.parent.resolve(token, scope);
      throw new Error(`No provider gives ${String(token)}.`);
    }
    if ('useValue' in registration) return registration.useValue;
    if ('useFactory' in registration) return registration.useFactory(scope);
    if (!registration.singleton) return scope.#make(registration.useClass) as T;
    if (!this.#made.has(token)) this.#made.set(token, this.#make(registration.useClass));
    return this.#made.get(token) as T;
  }

  #make(type: (new (...args: any[]) => unknown) & { readonly inject?: readonly Token[] }): unknown {
    const tokens = [...(type.inject ?? [])];
    for (const [parameter, token] of injectedTokens(type)) tokens[parameter] = token;
    return new type(...tokens.map(token => this.resolve(token)));
  }
}
// #endregion adapter

// #region wrap
class CountingContainer implements ContainerAdapter {
  static readonly counts = new Map<Token, number>();

  constructor(private readonly inner: ContainerAdapter) {}

  register<T>(token: Token<T>, registration: Registration<T>): void {
    this.inner.register(token, registration);
  }

  has(token: Token): boolean {
    return this.inner.has(token);
  }

  resolve<T>(token: Token<T>): T {
    CountingContainer.counts.set(token, (CountingContainer.counts.get(token) ?? 0) + 1);
    return this.inner.resolve(token);
  }

  createScope(): ContainerAdapter {
    return new CountingContainer(this.inner.createScope());
  }

  faultsOf(type: new (...args: any[]) => unknown): readonly string[] {
    return this.inner.faultsOf?.(type) ?? [];
  }

  makingOf(token: Token) {
    return this.inner.makingOf?.(token);
  }

  get dispose() {
    return this.inner.dispose;
  }
}
// #endregion wrap

const components = [Account, AccountList, Accounts, Transfers];

test('a container of your own injects repositories and read models by the tokens of the parameters', async () => {
  // #region own
  @Module({ components, providers: [{ provide: Limits, useValue: new Limits(50) }] })
  class Bank {}
  const flow = await bootstrap(Bank, { container: new SmallContainer() });
  // #endregion own
  for (const id of ['a', 'b']) await flow.dispatch(new OpenAccount(id), { waitFor: [AccountList] });
  await expect(flow.dispatch(new Transfer('a', 'b', 60))).rejects.toThrow('not enough money');
  expect((await flow.repository(Account).load('b')).balance).toBe(0);
  expect(await flow.query(new IsOpen('a'))).toBe(true);
  await flow.close();
});

test('the adapter for tsyringe can be wrapped', async () => {
  // #region wrapped
  @Module({ components: [Account], providers: [{ provide: Limits, useFactory: () => new Limits(50) }] })
  class Bank {}
  const flow = await bootstrap(Bank, { container: new CountingContainer(new TsyringeAdapter(rootContainer)) });
  // #endregion wrapped
  expect(flow.resolve(Limits)).toBe(flow.resolve(Limits));
  expect(CountingContainer.counts.get(Limits)).toBe(2);
  await flow.close();
});

test('providers of each kind', async () => {
  class SmtpMailer {
    dispose() {}
  }
  class Session {}
  class Archive {
    constructor(readonly mailer: SmtpMailer) {}
  }
  // #region providers
  @Module({
    providers: [
      SmtpMailer,
      { provide: 'limit', useValue: 50 },
      { provide: Session, useClass: Session, singleton: false },
      { provide: Archive, useFactory: resolve => new Archive(resolve(SmtpMailer)) },
      { provide: 'mailer', useToken: SmtpMailer },
    ],
  })
  class Services {}
  // #endregion providers
  const flow = await bootstrap(Services);
  expect(flow.resolve(Archive).mailer).toBe(flow.resolve('mailer'));
  expect(flow.resolve(Session)).not.toBe(flow.resolve(Session));
  await flow.close();
});
