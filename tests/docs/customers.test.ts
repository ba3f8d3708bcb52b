import 'reflect-metadata';
import {
  type Application,
  bootstrap,
  type CommandMiddleware,
  type CommandOutcome,
  defineAggregate,
  type EventStore,
  Flow,
  type HandlerContext,
  InMemoryEventStore,
  Module,
} from 'eventuality';
import { sqlite } from '../../src/adapters/sqlite';
import { SILENT } from '../support/logger';
import { TestSchema } from '../support/stores/schema';
import {
  ChangeEmail,
  Customer,
  CustomerModule,
  CustomerRegistered,
  EmailTakenError,
  Invitations,
  Invite,
  RegisterCustomer,
} from './customers';

const schema = new TestSchema(__filename);
const opened = (store: EventStore): Promise<Application> =>
  bootstrap(CustomerModule, { eventStore: store, logger: SILENT });

describe('the page about creating aggregates: a handler class', () => {
  it('adds a new aggregate beside what else it changes, in one append', async () => {
    const flow = await opened(new InMemoryEventStore());
    const { events } = await flow.dispatch(new RegisterCustomer('ann', 'Ann', 'Ann@example.org'));
    expect(events.map(({ aggregateName, aggregateId, name }) => [aggregateName, aggregateId, name])).toEqual([
      ['EmailAddress', 'ann@example.org', 'email.taken'],
      ['Customer', 'ann', 'customer.registered'],
    ]);
    await flow.close();
  });

  it('makes an id of its own, which the outcome tells', async () => {
    @Module({ components: [Customer, Invitations] })
    class InvitationModule {}
    const flow = await bootstrap(InvitationModule, { logger: SILENT });
    // #region created-id
    const { aggregateId } = await flow.dispatch(new Invite('Ann'));
    // #endregion created-id
    expect(await flow.repository(Customer).load(aggregateId)).toMatchObject({ id: aggregateId });
    await flow.close();
  });

  it('can be a function, and the aggregate a plain one', async () => {
    // #region plain
    const Basket = defineAggregate({ name: 'Basket', state: { owner: '' } });
    const flow = new Flow({
      eventStore: new InMemoryEventStore(),
      aggregates: [Basket],
      commandHandlers: {
        async OpenBasket({ id, owner }: { id: string; owner: string }, { repository }: HandlerContext) {
          await repository(Basket).add({ id, owner }); // the event is BasketCreated
        },
      },
    });
    // #endregion plain
    const { events } = await flow.dispatch({ name: 'OpenBasket', message: { id: '1', owner: 'ann' } });
    expect(events).toMatchObject([{ name: 'BasketCreated', payload: { owner: 'ann' } }]);
    await flow.close();
  });
});

describe.each<[string, () => EventStore[]]>([
  ['in memory', () => [new InMemoryEventStore()]],
  ['on SQLite', () => [sqlite(':memory:')]],
  [
    'on PostgreSQL, from two processes',
    () => [schema.open({ tablePrefix: 'mail_' }), schema.open({ tablePrefix: 'mail_' })],
  ],
])('the page about uniqueness: %s', (_, open) => {
  it('one of twenty that register an e-mail at once gets it, and every other is told that it is taken', async () => {
    const flows = await Promise.all(open().map(opened));
    const commands = Array.from(
      { length: 20 },
      (__, index) => new RegisterCustomer(`c${index}`, 'Ann', index % 2 ? 'ann@x.org' : ' Ann@X.org'),
    );
    const outcomes = await Promise.allSettled(
      commands.map((command, index) => flows[index % flows.length]!.dispatch(command)),
    );
    const refused = outcomes.flatMap(outcome => (outcome.status === 'rejected' ? [outcome.reason] : []));
    expect(refused).toHaveLength(19);
    expect(refused.filter(reason => !(reason instanceof EmailTakenError))).toEqual([]);
    const names = (await flows[0]!.eventStore.readAll()).map(({ name }) => name);
    expect(names).toEqual(['email.taken', 'customer.registered']);
    await Promise.all(flows.map(flow => flow.close()));
  });

  it('an e-mail that was given up can be taken by another', async () => {
    const [store] = open();
    const flow = await opened(store!);
    await flow.dispatch(new RegisterCustomer('bob', 'Bob', 'bob@x.org'));
    await expect(flow.dispatch(new RegisterCustomer('rob', 'Rob', 'BOB@x.org'))).rejects.toThrow(EmailTakenError);
    await flow.dispatch(new ChangeEmail('bob', 'robert@x.org'));
    await flow.dispatch(new RegisterCustomer('rob', 'Rob', 'bob@x.org'));
    await expect(flow.dispatch(new ChangeEmail('rob', 'Robert@x.org'))).rejects.toThrow(EmailTakenError);
    expect((await flow.repository(Customer).load('rob')).email).toBe('bob@x.org');
    await flow.close();
  });
});

// #region input-error
class InvalidInputError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(faults.join(' '));
  }
}
// #endregion input-error

describe('the page about checking input', () => {
  it('checks in the constructor of a command', async () => {
    // #region constructor
    class Rename {
      constructor(
        readonly id: string,
        readonly name: string,
      ) {
        if (name.trim() === '') throw new InvalidInputError(['A name must not be empty.']);
      }
    }
    // #endregion constructor
    expect(() => new Rename('1', ' ')).toThrow(InvalidInputError);
  });

  it('checks in middleware, plain messages included', async () => {
    // #region middleware
    const checks: Record<string, (command: Record<string, unknown>) => string[]> = {
      RegisterCustomer: ({ name, email }) => [
        ...(typeof name === 'string' && name.trim() !== '' ? [] : ['name must not be empty.']),
        ...(typeof email === 'string' && /^[^@\s]+@[^@\s]+$/.test(email) ? [] : ['email must be an address.']),
      ],
    };
    const checking: CommandMiddleware<CommandOutcome> = async (message, next) => {
      const faults = checks[message.name]?.(message.command) ?? [];
      if (faults.length > 0) throw new InvalidInputError(faults);
      return next(message);
    };
    const flow = await bootstrap(CustomerModule, { middleware: [checking] });
    // #endregion middleware
    const wrong = { name: 'RegisterCustomer', message: { id: 'ann', name: '', email: 'nowhere' } };
    await expect(flow.dispatch(wrong)).rejects.toMatchObject({
      faults: ['name must not be empty.', 'email must be an address.'],
    });
    await expect(flow.dispatch(new RegisterCustomer('ann', 'Ann', 'nowhere'))).rejects.toThrow(InvalidInputError);
    expect(await flow.eventStore.readAll()).toEqual([]);
    const { events } = await flow.dispatch(new RegisterCustomer('ann', 'Ann', 'ann@x.org'));
    expect(events.at(-1)!.payload).toEqual(new CustomerRegistered('Ann', 'ann@x.org'));
    await flow.close();
  });
});
