import {
  Aggregate,
  AggregateRoot,
  bootstrap,
  Command,
  CommandHandler,
  defineAggregate,
  defineEvent,
  Event,
  EventHandler,
  Flow,
  InMemoryEventStore,
  Module,
  Query,
  QueryHandler,
  Repository,
  type StandardSchemaV1,
} from 'eventuality';
import { InvalidMessageError, InvalidPayloadError, UnusableSchemaError } from 'eventuality/errors';
import { given } from 'eventuality/testing';
import { LIBRARIES } from './libraries';

/** Counts what is asked of the store. */
class CountingStore extends InMemoryEventStore {
  calls = 0;

  override get direct() {
    this.calls++;
    return super.direct;
  }
}

const failure = async (work: () => unknown): Promise<any> => {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error('It did not fail.');
};

describe.each(LIBRARIES)('with schemas of %s,', (library, schemas) => {
  @Command('customer.register', { schema: schemas.customer })
  class Register {
    constructor(
      readonly id: string,
      readonly email: string,
      readonly lines: readonly { readonly street: string }[],
      readonly age?: number,
    ) {}

    get domain(): string {
      return this.email.split('@')[1]!;
    }
  }

  @Command('customer.note')
  class Note {
    constructor(
      readonly id: string,
      readonly text: unknown,
    ) {}
  }

  @Event('customer.registered', { schema: schemas.customer })
  class Registered {
    constructor(
      readonly id: string,
      readonly email: unknown,
      readonly lines: readonly { readonly street: string }[],
    ) {}
  }

  @Event('customer.noted', { schema: schemas.text })
  class Noted {
    constructor(
      readonly id: string,
      readonly text: unknown,
    ) {}
  }

  @Query('customers.of', { schema: schemas.text })
  class CustomersOf extends Query<string> {
    constructor(
      readonly id: string,
      readonly text: string,
    ) {
      super();
    }
  }

  const handled: unknown[] = [];

  @Aggregate('Customer')
  class Customer extends AggregateRoot<Registered | Noted> {
    texts: unknown[] = [];

    @CommandHandler(Register, { creates: true })
    register(command: Register): Registered {
      handled.push(command);
      return new Registered(command.id, command.email, command.lines);
    }

    @CommandHandler(Note, { creates: 'if-missing' })
    note({ id, text }: Note): Noted {
      return new Noted(id, text);
    }

    write(text: unknown): void {
      this.apply(new Noted(this.id, text));
    }

    @EventHandler(Registered)
    registered(_: Registered): void {}

    @EventHandler(Noted)
    noted({ text }: Noted): void {
      this.texts.push(text);
    }
  }

  class Reader {
    @QueryHandler(CustomersOf)
    of(query: CustomersOf): string {
      handled.push(query);
      return `of ${query.text}`;
    }
  }

  @Module({ components: [Customer, Reader] })
  class CustomerModule {}

  const valid = { id: 'c1', email: 'ann@example.com', lines: [{ street: 'Main Street 1' }] };
  let eventStore: CountingStore;
  beforeEach(() => {
    eventStore = new CountingStore();
    handled.length = 0;
  });

  const start = (options = {}) => bootstrap(CustomerModule, { eventStore, ...options });

  describe('a command', () => {
    it('that does not fit rejects with all issues and their paths, before anything is loaded or handled', async () => {
      const seen: unknown[] = [];
      const flow = await start({
        middleware: [
          async (message: { command: unknown }, next: (message: unknown) => Promise<unknown>) => {
            seen.push(message.command);
            return next(message).catch(error => {
              seen.push(error);
              throw error;
            });
          },
        ],
      });
      eventStore.calls = 0;
      const command = new Register('c1', 'nobody', [{ street: 'Main Street 1' }, { street: '' }], -1);

      const error = await failure(() => flow.dispatch(command));

      expect(error).toBeInstanceOf(InvalidMessageError);
      expect(error).toMatchObject({ code: 'INVALID_MESSAGE', kind: 'command', messageName: 'customer.register' });
      expect(error.issues.map(({ path }: { path: string }) => path).sort()).toEqual([
        'age',
        'email',
        'lines[1].street',
      ]);
      expect(error.message).toMatch(
        /^The command 'customer\.register' does not fit its schema: .*lines\[1\]\.street: /,
      );
      expect(handled).toEqual([]);
      expect(eventStore.calls).toBe(0);
      expect(seen).toEqual([command, error]);
    });

    it('that fits reaches its handler as it was dispatched; a parameter that was left out is no field', async () => {
      const flow = await start();
      const command = new Register('c1', valid.email, valid.lines);

      await expect(flow.dispatch(command)).resolves.toMatchObject({ succeeded: true });

      expect(handled).toEqual([command]);
      expect(handled[0]).toBe(command);
    });

    it('as a plain message becomes an instance of its class, and is validated the same', async () => {
      const flow = await start();

      await flow.dispatch({ name: 'customer.register', message: valid });
      const error = await failure(() => flow.dispatch({ name: 'customer.register', message: { id: 1 } }));
      const nothing = await failure(() => flow.dispatch({ name: 'customer.register', message: 5 }));

      expect(handled[0]).toBeInstanceOf(Register);
      expect((handled[0] as Register).domain).toBe('example.com');
      expect(error.issues.map(({ path }: { path: string }) => path)).toEqual(
        expect.arrayContaining(['id', 'email', 'lines']),
      );
      expect(nothing.issues).toEqual([{ path: '', message: expect.any(String) }]);
    });

    it('with a field that the schema leaves out is refused with its path', async () => {
      const flow = await start();
      const message = { ...valid, admin: true, lines: [{ street: 'Main Street 1', city: 'Vienna' }] };

      const error = await failure(() => flow.dispatch({ name: 'customer.register', message }));

      expect(error).toBeInstanceOf(InvalidMessageError);
      expect(new Set(error.issues.map(({ path }: { path: string }) => path))).toEqual(
        new Set(['admin', 'lines[0].city']),
      );
    });

    it('is validated before its id is claimed: a corrected one may have the same id', async () => {
      const flow = await start();
      const options = { commandId: 'once' };

      await failure(() => flow.dispatch({ name: 'customer.register', message: { ...valid, email: 1 } }, options));
      const outcome = await flow.dispatch({ name: 'customer.register', message: valid }, options);

      expect(outcome.succeeded).toBe(true);
    });

    it('is validated as middleware has passed it on', async () => {
      const flow = await start({
        middleware: [
          (message: { command: { email: unknown } }, next: (message: unknown) => Promise<unknown>) => {
            message.command.email = 'nobody';
            return next(message);
          },
        ],
      });
      await expect(flow.dispatch({ name: 'customer.register', message: valid })).rejects.toThrow(InvalidMessageError);
    });
  });

  describe('a query', () => {
    it('is validated before its handler, and becomes an instance of its class', async () => {
      const flow = await start();

      const error = await failure(() => flow.query(new CustomersOf('c1', '')));
      await expect(flow.query(new CustomersOf('c1', 'milk'))).resolves.toBe('of milk');
      await expect(flow.query({ name: 'customers.of', message: { id: 'c1', text: 'tea' } })).resolves.toBe('of tea');

      expect(error).toMatchObject({ code: 'INVALID_MESSAGE', kind: 'query', messageName: 'customers.of' });
      expect(error.issues).toEqual([{ path: 'text', message: expect.any(String) }]);
      expect(handled).toEqual([expect.any(CustomersOf), expect.any(CustomersOf)]);
    });
  });

  describe('an event', () => {
    it('that does not fit is not recorded, and its aggregate does not change', async () => {
      const flow = await start();

      const error = await failure(() => flow.dispatch(new Note('c1', '')));

      expect(error).toBeInstanceOf(InvalidPayloadError);
      expect(error).toMatchObject({ code: 'INVALID_PAYLOAD', eventName: 'customer.noted' });
      expect(error.issues).toEqual([{ path: 'text', message: expect.any(String) }]);
      expect(await eventStore.read({ aggregateName: 'Customer', aggregateId: 'c1' })).toEqual([]);
    });

    it('is validated where a repository is used alone, and not where that is to validate nothing', async () => {
      const customers = new Repository(Customer, eventStore);
      const created = new Customer('c1');
      created.write('milk');
      await customers.add(created);
      const loaded = await customers.load('c1');

      expect(() => loaded.write('')).toThrow(InvalidPayloadError);
      expect(() => new Customer('c2').write('')).toThrow(InvalidPayloadError);

      const careless = new Repository(Customer, eventStore, { validate: 'never' });
      const other = await careless.load('c1');
      other.write('');
      await careless.save(other);
      expect((await customers.load('c1')).texts).toEqual(['milk', '']);
    });

    it('that was stored before is read as it is', async () => {
      const flow = await start();
      const events = [{ name: 'customer.noted', schemaVersion: 1, payload: { id: 'c1', text: '', more: 1 } }];
      const stream = { aggregateName: 'Customer', aggregateId: 'c1' };
      await eventStore.append([{ stream, expected: 0, events }]);

      await flow.dispatch(new Note('c1', 'milk'));

      expect((await flow.repository(Customer).load('c1')).texts).toEqual(['', 'milk']);
    });
  });

  describe('a schema that changes what it validates', () => {
    const noted = (schema: StandardSchemaV1<any, any>) => {
      const event = defineEvent('noted', { schema });
      return defineAggregate({
        name: 'Notes',
        state: { texts: [] as unknown[] },
        commands: { Note: { creates: 'if-missing', decide: (_, { id, text }) => event(id, { id, text }) } },
        on: { noted: (state, { payload }) => void state.texts.push(payload.text) },
      });
    };
    const note = (schema: StandardSchemaV1<any, any>, text: string, options = {}) =>
      new Flow({ eventStore, aggregates: [noted(schema)], ...options }).dispatch({
        name: 'Note',
        message: { id: 'n1', text },
      });

    it.each([
      ['a transformation', schemas.trimmed, ' milk ', 'text'],
      ['a conversion', schemas.converted, '5', 'text'],
      ['a default', schemas.withDefault, 'milk', 'locale'],
    ])('is refused, and the way to do it is named: %s', async (what, schema, text, path) => {
      const error = await failure(() => note(schema, text));

      expect(error).toBeInstanceOf(UnusableSchemaError);
      expect(error.code).toBe('UNUSABLE_SCHEMA');
      // arktype writes what it changes into a copy, which is frozen as the event is.
      expect(error.message).toMatch(
        library === 'arktype' && what !== 'a default'
          ? "The schema of 'noted' has thrown"
          : `The schema of 'noted' changes what it validates, at ${path}: `,
      );
      expect(error.message).toMatch(/codec/);
      expect(await eventStore.read({ aggregateName: 'Notes', aggregateId: 'n1' })).toEqual([]);
    });

    it('is refused for a command where it changes something, and only there', async () => {
      const handle = ({ text }: { text: unknown }) => void handled.push(text);
      const flow = new Flow({
        eventStore,
        commandHandlers: {
          Note: { handle, schema: schemas.trimmed },
          Count: { handle, schema: schemas.converted },
          Say: { handle, schema: schemas.withDefault },
        },
      });
      const dispatch = (name: string, text: string) => flow.dispatch({ name, message: { id: 'n1', text } });

      for (const name of ['Note', 'Count', 'Say']) {
        const error = await failure(() => dispatch(name, name === 'Note' ? ' milk ' : '5'));
        expect(error).toMatchObject({ code: 'UNUSABLE_SCHEMA', messageName: name });
        expect(error.message).toMatch(`changes what it validates, at ${name === 'Say' ? 'locale' : 'text'}: `);
      }
      await dispatch('Note', 'milk');
      expect(handled).toEqual(['milk']);
    });
  });

  describe('without classes', () => {
    it('handlers of commands and queries have a schema, in a flow and in an aggregate', async () => {
      const notes = defineAggregate({
        name: 'Notes',
        state: {},
        commands: { Note: { creates: 'if-missing', schema: schemas.text, decide: () => [] } },
      });
      const flow = new Flow({
        eventStore,
        aggregates: [notes],
        commandHandlers: { Send: { handle: () => undefined, schema: schemas.text } },
        queryHandlers: { Ask: { handle: ({ text }) => text, schema: schemas.text } },
      });
      const invalid = { message: { id: 'n1', text: '' } };

      for (const name of ['Note', 'Send'])
        await expect(flow.dispatch({ name, ...invalid })).rejects.toMatchObject({ code: 'INVALID_MESSAGE' });
      await expect(flow.query({ name: 'Ask', ...invalid })).rejects.toMatchObject({ code: 'INVALID_MESSAGE' });
      await expect(flow.query({ name: 'Ask', message: { id: 'n1', text: 'milk' } })).resolves.toBe('milk');
    });
  });

  describe("with validate: 'never'", () => {
    it('nothing is validated: commands, queries, and events', async () => {
      const flow = await start({ validate: 'never' });

      await flow.dispatch({ name: 'customer.register', message: { id: 'c1', email: 5 } });
      await flow.dispatch(new Note('c1', ''));

      expect(await flow.query(new CustomersOf('c1', ''))).toBe('of ');
      expect((await eventStore.read({ aggregateName: 'Customer', aggregateId: 'c1' })).map(({ name }) => name)).toEqual(
        ['customer.registered', 'customer.noted'],
      );
    });
  });

  describe('given, when, then', () => {
    it('validates the command, and the events, given ones included', async () => {
      await given(Customer)
        .when(new Register('c1', 'nobody', []))
        .thenError(InvalidMessageError);
      await given(Customer)
        .when({ name: 'customer.register', message: { id: 1 } })
        .thenError(InvalidMessageError);
      await given(Customer).when(new Note('c1', '')).thenError(InvalidPayloadError);
      await given(Customer, new Noted('c1', 'milk'))
        .when(new Note('c1', 'tea'))
        .thenState({ texts: ['milk', 'tea'] });
      await expect(given(Customer, new Noted('c1', '')).when(new Note('c1', 'tea')).thenState({})).rejects.toThrow(
        InvalidPayloadError,
      );
    });
  });
});
