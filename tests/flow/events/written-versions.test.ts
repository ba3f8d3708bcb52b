import {
  Aggregate,
  AggregateRoot,
  CommandHandler,
  type CommandOutcome,
  Event,
  EventHandler,
  type EventStore,
  Flow,
  type HandlerContext,
  InMemoryEventStore,
  newId,
  Repository,
} from 'eventuality';
import { SILENT } from '../../support/logger';
import { PLACES } from '../../support/stores/places';

@Event('account.paid', {
  version: 2,
  upcast: { 1: ({ sum }) => ({ cents: sum * 100 }) },
  writes: 1,
  downcast: { 2: ({ cents }) => ({ sum: cents / 100 }) },
})
class Paid {
  constructor(readonly cents: number) {}
}

@Event('account.noted')
class Noted {
  constructor(readonly text: string) {}
}

class Pay {
  constructor(
    readonly id: string,
    readonly cents: number,
  ) {}
}
class PayByFunction extends Pay {}
class PayByAnother extends Pay {}

@Aggregate('Account')
class Account extends AggregateRoot<Paid | Noted> {
  cents = 0;

  @CommandHandler(Pay, { creates: 'if-missing' })
  pay({ cents }: Pay): (Paid | Noted)[] {
    return [new Noted('thanks'), new Paid(cents)];
  }

  happened(...events: (Paid | Noted)[]): void {
    for (const event of events) this.apply(event);
  }

  @EventHandler(Paid)
  paid({ cents }: Paid): void {
    this.cents += cents;
  }

  @EventHandler(Noted)
  noted(): void {}
}

const TODAY = [
  ['account.noted', 1, { text: 'thanks' }],
  ['account.paid', 2, { cents: 700 }],
];
const shown = (events: CommandOutcome['events']) =>
  events.map(({ name, schemaVersion, payload }) => [name, schemaVersion, { ...payload }]);

describe.each(PLACES)('while an earlier version of an event is written, %s,', (_, make) => {
  const place = make();
  let store: EventStore;
  let flow: Flow;
  beforeAll(() => {
    store = place.open();
    const paid = (id: string, cents: number): Account => {
      const account = new Account(id);
      account.happened(new Noted('thanks'), new Paid(cents));
      return account;
    };
    flow = new Flow({
      eventStore: store,
      aggregates: [Account],
      commandHandlers: {
        PayByFunction: ({ id, cents }: Pay, { repository }) => repository(Account).add(paid(id, cents)),
        PayByAnother: ({ id, cents }: Pay, { dispatch }) => dispatch(new Pay(id, cents)),
        PayBySeveral: async ({ id, cents }: Pay, { dispatch }) => (await dispatch(new Pay(id, cents))).events,
      },
    });
  });
  afterAll(async () => {
    await flow.close();
    await place.end();
  });

  test.each([
    ['a command of an aggregate', (id: string) => new Pay(id, 700)],
    ['a handler function', (id: string) => new PayByFunction(id, 700)],
    ['a handler that dispatches another command', (id: string) => new PayByAnother(id, 700)],
    [
      'a handler that returns events of another',
      (id: string) => ({ name: 'PayBySeveral', message: { id, cents: 700 } }),
    ],
  ])('the outcome of %s has the events of today, and so has that of its repetition', async (kind, command) => {
    const id = kind.replaceAll(' ', '-');
    expect(shown((await flow.dispatch(command(`${id}-once`))).events)).toEqual(TODAY);

    const commandId = newId();
    const first = await flow.dispatch(command(id), { commandId });
    const again = await flow.dispatch(command(id), { commandId });
    expect(shown(first.events)).toEqual(TODAY);
    expect(again).toEqual(first);
    expect(shown(await store.read({ aggregateName: 'Account', aggregateId: id }))).toEqual([
      TODAY[0],
      ['account.paid', 1, { sum: 7 }],
    ]);
  });

  test('a repository returns them as well', async () => {
    const repository = new Repository(Account, store);
    const account = new Account('r');
    account.happened(new Paid(700));
    expect(shown(await repository.add(account))).toEqual([TODAY[1]]);
    account.happened(new Paid(700));
    expect(shown(await repository.save(account))).toEqual([TODAY[1]]);
    expect((await repository.load('r')).cents).toBe(1400);
  });
});

describe('what goes wrong on the way back to the version that is written', () => {
  const unreadable = (downcast: (data: any) => any, upcast: (data: any) => object) => {
    @Event('note.written', { version: 2, upcast: { 1: upcast }, writes: 1, downcast: { 2: downcast } })
    class Written {
      readonly text = 'x';
    }
    class Write {
      constructor(readonly id: string) {}
    }
    class WriteByFunction extends Write {}
    @Aggregate('Note')
    class Note extends AggregateRoot<Written> {
      @CommandHandler(Write, { creates: true })
      write(): Written {
        return new Written();
      }

      happened(): void {
        this.apply(new Written());
      }

      @EventHandler(Written)
      written(): void {}
    }
    const eventStore = new InMemoryEventStore();
    const note = (id: string): Note => {
      const made = new Note(id);
      made.happened();
      return made;
    };
    const commandHandlers = {
      WriteByFunction: ({ id }: Write, { repository }: HandlerContext) => repository(Note).add(note(id)),
    };
    return {
      flow: new Flow({ eventStore, aggregates: [Note], commandHandlers, logger: SILENT }),
      ...{ eventStore, Note, Write, WriteByFunction, note },
    };
  };

  test('a command whose events are stored does not reject, though its own code cannot read them again', async () => {
    const { flow, eventStore, Note, Write, WriteByFunction, note } = unreadable(
      () => ({ lost: true }),
      () => {
        throw new Error('what was lost');
      },
    );
    const stored = { succeeded: true, events: [{ schemaVersion: 1, payload: { lost: true } }] };
    expect(await flow.dispatch(new Write('a'))).toMatchObject(stored);
    expect(await flow.dispatch(new WriteByFunction('b'))).toMatchObject(stored);
    expect(await flow.repository(Note).add(note('c'))).toMatchObject(stored.events);
    expect(await eventStore.readAll()).toHaveLength(3);
    await expect(flow.repository(Note).load('a')).rejects.toMatchObject({ code: 'UPCAST_FAILED' });
    await flow.close();
  });

  test.each<[string, () => unknown, RegExp]>([
    ['a promise', () => Promise.reject(new Error('later')), /returned a promise; it must be synchronous/],
    ['nothing', () => undefined, /returned undefined; it must return the data of the version before/],
    ['a Map', () => new Map(), /Map.*; it must return the data of the version before/],
  ])('a step back that returns %s stores nothing', async (_, downcast, message) => {
    const { flow, eventStore, Write } = unreadable(downcast, data => data);
    await expect(flow.dispatch(new Write('a'))).rejects.toMatchObject({
      ...{ code: 'UPCAST_FAILED', message: expect.stringMatching(message) },
    });
    expect(await eventStore.readAll()).toEqual([]);
    await flow.close();
  });
});
