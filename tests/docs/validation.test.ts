import 'reflect-metadata';
import { type } from 'arktype';
import {
  Aggregate,
  AggregateRoot,
  bootstrap,
  Command,
  CommandHandler,
  defineEvent,
  Event,
  EventHandler,
  Flow,
  InMemoryEventStore,
  InvalidMessageError,
  Module,
  Query,
  QueryHandler,
} from 'eventuality';
import * as v from 'valibot';
import { z } from 'zod';

// #region zod
@Command('customer.register', {
  schema: z.object({ id: z.uuid(), email: z.email(), tags: z.array(z.string().min(1)).max(20) }),
})
class Register {
  constructor(
    readonly id: string,
    readonly email: string,
    readonly tags: readonly string[],
  ) {}
}
// #endregion zod

// #region valibot
@Query('customers.tagged', { schema: v.object({ tag: v.pipe(v.string(), v.minLength(1)) }) })
class TaggedCustomers extends Query<string[]> {
  constructor(readonly tag: string) {
    super();
  }
}
// #endregion valibot

// #region arktype
@Event('customer.registered', { schema: type({ '+': 'reject', email: 'string.email', tags: 'string[]' }) })
class Registered {
  constructor(
    readonly email: string,
    readonly tags: readonly string[],
  ) {}
}
// #endregion arktype

@Aggregate('Customer')
class Customer extends AggregateRoot<Registered> {
  @CommandHandler(Register, { creates: true })
  register({ email, tags }: Register) {
    return new Registered(email, tags);
  }

  @EventHandler(Registered)
  registered(_: Registered) {}
}

class Customers {
  @QueryHandler(TaggedCustomers)
  tagged({ tag }: TaggedCustomers) {
    return [tag];
  }
}

@Module({ components: [Customer, Customers] })
class CustomerModule {}

const id = '0190a5c8-6f0e-7b6a-9d6e-0123456789ab';

describe('the page about validation', () => {
  it('shows what a caller gets', async () => {
    const flow = await bootstrap(CustomerModule);
    let answered: unknown;
    const answer = (status: number, body: unknown) => {
      answered = { status, body };
    };
    const body: object = { id, email: 'nobody', tags: ['new', ''] };
    // #region edge
    try {
      await flow.dispatch({ name: 'customer.register', message: body });
    } catch (error) {
      if (!(error instanceof InvalidMessageError)) throw error;
      answer(400, error.issues); // [{ path: 'email', message: '...' }, { path: 'tags[1]', message: '...' }]
    }
    // #endregion edge
    const issue = (path: string) => ({ path, message: expect.any(String) });
    expect(answered).toEqual({ status: 400, body: [issue('email'), issue('tags[1]')] });
    await flow.dispatch(new Register(id, 'ann@example.org', []));
    await expect(flow.query(new TaggedCustomers(''))).rejects.toThrow(InvalidMessageError);
    await expect(flow.query(new TaggedCustomers('new'))).resolves.toEqual(['new']);
    await flow.close();
  });

  it('shows schemas without classes', async () => {
    // #region plain
    const noted = defineEvent('customer.noted', { schema: z.object({ text: z.string() }) }); // its payload is typed
    const flow = new Flow({
      eventStore: new InMemoryEventStore(),
      events: [noted],
      commandHandlers: {
        Note: { handle: ({ text }) => console.log(text), schema: z.object({ text: z.string() }) },
      },
      queryHandlers: {
        Notes: { handle: () => [], schema: z.object({ since: z.iso.datetime() }) },
      },
    });
    // #endregion plain
    await expect(flow.dispatch({ name: 'Note', message: {} })).rejects.toThrow(InvalidMessageError);
    await expect(flow.query({ name: 'Notes', message: {} })).rejects.toThrow(InvalidMessageError);
    expect(noted('1', { text: 'milk' }).payload).toEqual({ text: 'milk' });
    await flow.close();
  });
});
