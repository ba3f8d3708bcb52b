import 'reflect-metadata';
import {
  Aggregate,
  AggregateRoot,
  bootstrap,
  Command,
  CommandHandler,
  defineAggregate,
  Event,
  Flow,
  InMemoryEventStore,
  Module,
  type RecordedEvent,
} from 'eventuality';
import { defineProcess, ProcessManager, Starts, send } from 'eventuality/processes';
import { given, history, testFlow } from '../../../src/testing';
import { SILENT } from '../../support/logger';

@Event('opened')
class Opened {
  constructor(readonly by: string) {}
}
class Open {
  constructor(
    readonly id: string,
    readonly by: string,
  ) {}
}
@Command('account.greet')
class Greet {
  constructor(readonly id: string) {}
}
/** Has the shape of the one above, so its type does not tell it from it. */
class Great {
  constructor(readonly id: string) {}
}
class Opne {}

@Aggregate('Account')
class Account extends AggregateRoot<Opened> {
  @CommandHandler(Open, { creates: true })
  open({ by }: Open) {
    return new Opened(by);
  }

  @CommandHandler(Greet)
  greet() {}

  @CommandHandler(Great)
  great() {}
}

const correlate = ({ aggregateId }: RecordedEvent): string => aggregateId;

@ProcessManager('welcome', { correlate, sends: [Greet, Open] })
class Welcome {
  @Starts(Opened)
  opened({ by }: Opened) {
    return send(by === 'Ann' ? new Greet('a1') : new Great('a1'));
  }
}
@ProcessManager('reminder', { correlate, sends: [Greet, Opne, 'account.gret', Open] })
class Reminder {
  @Starts(Opened)
  opened() {}
}
@ProcessManager('startless', { correlate, sends: [] })
class Startless {}

@Module({ components: [Account, Welcome] })
class AccountModule {}

@Module({ components: [Account, Reminder, Startless] })
class FaultyModule {}

const Plain = defineAggregate({
  ...{ name: 'Account', state: {} },
  commands: { Greet: () => [] },
  on: { Opened: () => ({}) },
});
const plainly = (sends: readonly string[]) =>
  defineProcess({ name: 'welcome', correlate, state: {}, sends, starts: { Opened: () => [] } });
const flowOf = (sends: readonly string[], options: { readonly follow?: boolean } = {}): Flow =>
  new Flow({
    ...{ eventStore: new InMemoryEventStore(), aggregates: [Plain], processors: [plainly(sends)], logger: SILENT },
    ...{ commandHandlers: { Notify: () => undefined }, ...options },
  });

describe('the option sends', () => {
  test('is checked when the application starts, with all other faults', async () => {
    const { faults } = await bootstrap(FaultyModule).catch(error => error);
    expect(faults).toEqual([
      expect.stringContaining('Startless: no event starts it'),
      "Reminder sends Opne, which no command handler takes. Did you mean 'Open'? Known: Great, Open, account.greet.",
      "Reminder sends account.gret, which no command handler takes. Did you mean 'account.greet'? Known: Great, Open, account.greet.",
    ]);
  });

  test('is checked by a Flow: a command has an aggregate or a handler function', async () => {
    await flowOf(['Greet', 'Notify']).close();
    expect(() => flowOf(['Greet', 'Notifi'])).toThrow(
      "The process 'welcome' sends Notifi, which no command handler takes. Did you mean 'Notify'? Known: Greet, Notify.",
    );
  });

  test('needs no handlers in a process that does not follow', async () => {
    await flowOf(['Elsewhere'], { follow: false }).close();
    const application = await bootstrap(FaultyModule, { follow: false }).catch(error => error);
    expect(application.faults).toEqual([expect.stringContaining('Startless: no event starts it')]);
  });

  test('is a list of classes and names', () => {
    expect(() => plainly('Greet' as never)).toThrow("sends is 'Greet'; it must be a list of classes and names");
    expect(() => plainly([7 as never])).toThrow('sends[0] is 7; it must be the class of a command, or its name.');
  });

  test('keeps to it: another command parks its instance', async () => {
    await using app = await testFlow(AccountModule, { logger: SILENT });
    await app.flow.dispatch(new Open('a1', 'Ann'));
    await app.flow.dispatch(new Open('a2', 'Bob'));
    await app.settle();
    const welcome = app.flow.processManagers.of(Welcome);
    expect(await welcome.get('a1')).toMatchObject({ status: 'running' });
    expect(await welcome.get('a2')).toMatchObject({
      ...{
        status: 'parked',
        error: expect.stringContaining('decisions[0].command: Great is not in the option sends.'),
      },
    });
  });

  test('is known to tests of the process alone', async () => {
    const test = given().process(Welcome);
    await test.when(history(Account, 'a1', new Opened('Ann'))).then(send(new Greet('a1')));
    await test.when(history(Account, 'a2', new Opened('Bob'))).thenError('Great is not in the option sends');
  });
});
