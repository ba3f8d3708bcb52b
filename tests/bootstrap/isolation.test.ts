import 'reflect-metadata';
import { bootstrap, EventHandler, FlowClosedError, InjectRepository, Module, type Repository } from 'eventuality';
import { UnknownCommandError } from 'eventuality/errors';
import { inject, container as rootContainer } from 'tsyringe';
import { Account, AccountOpened, Deposit, OpenAccount } from '../domain/accounts';

class Greeter {
  constructor(
    @inject('heard') private readonly heard: string[],
    @InjectRepository(Account) readonly accounts: Repository<Account>,
  ) {}

  @EventHandler(AccountOpened)
  opened() {
    this.heard.push('opened');
  }
}

function moduleFor(heard: string[]): new () => object {
  @Module({ components: [Account, Greeter], providers: [{ provide: 'heard', useValue: heard }] })
  class TestModule {}
  return TestModule;
}

test('two applications of the same classes in one process do not see each other', async () => {
  const [heardByOne, heardByTwo]: [string[], string[]] = [[], []];
  const [one, two] = [await bootstrap(moduleFor(heardByOne)), await bootstrap(moduleFor(heardByTwo))];
  await one.dispatch(new OpenAccount('a'));
  await one.dispatch(new Deposit('a', 5));
  await two.eventBus!.drain();
  await one.eventBus!.drain();
  expect([heardByOne, heardByTwo]).toEqual([['opened'], []]);
  expect(await two.repository(Account).find('a')).toBeNull();
  expect(await two.dispatch(new OpenAccount('a'))).toMatchObject({ version: 1, position: 1n });
  expect((await one.repository(Account).load('a')).balance).toBe(5);
  expect((await two.repository(Account).load('a')).balance).toBe(0);
  expect(await one.resolve(Greeter).accounts.find('a')).not.toBeNull();
  expect(one.resolve(Greeter)).not.toBe(two.resolve(Greeter));
});

test('one module makes two applications that share nothing', async () => {
  const module = moduleFor([]);
  const [one, two] = [await bootstrap(module), await bootstrap(module)];
  await one.dispatch(new OpenAccount('a'));
  expect(await two.repository(Account).find('a')).toBeNull();
  await one.close();
  expect((await two.dispatch(new OpenAccount('a'))).succeeded).toBe(true);
  await expect(one.dispatch(new OpenAccount('b'))).rejects.toBeInstanceOf(FlowClosedError);
});

test('a class that was imported, and is no component, takes no part', async () => {
  @Module({})
  class Empty {}
  const flow = await bootstrap(Empty);
  expect([...flow.commandNames]).toEqual([]);
  await expect(flow.dispatch(new OpenAccount('a'))).rejects.toBeInstanceOf(UnknownCommandError);
});

test('evaluating decorated classes registers nothing with tsyringe', () => {
  for (const token of [Account, Greeter]) expect(rootContainer.isRegistered(token as never, true)).toBe(false);
});
