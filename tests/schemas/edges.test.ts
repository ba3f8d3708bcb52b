import {
  Aggregate,
  AggregateRoot,
  Command,
  CommandBus,
  CommandHandler,
  Event,
  EventHandler,
  Flow,
  InMemoryEventStore,
  QueryBus,
  type StandardSchemaV1,
} from 'eventuality';
import { codecOf } from 'eventuality/values';
import { z } from 'zod';

class Money {
  constructor(readonly cents: number) {}

  toJSON(): number {
    return this.cents;
  }

  static from(cents: number): Money {
    return new Money(cents);
  }
}

@Command('pay')
class Pay {
  constructor(
    readonly id: string,
    readonly cents: number,
  ) {}
}

const failure = (work: Promise<unknown>): Promise<any> =>
  work.then(
    () => undefined,
    error => error,
  );

/** Dispatches a command with a schema, to a handler that does nothing. */
const dispatched = (schema: StandardSchemaV1<any, any>, message: unknown) => {
  const bus = new CommandBus();
  bus.register('Note', () => 'done', schema);
  return bus.dispatch({ name: 'Note', message });
};

describe('what is validated of an event', () => {
  it('is what its codecs have made, in the current version, where an earlier one is written', async () => {
    @Event('paid', {
      version: 2,
      upcast: { 1: ({ amount }) => ({ price: amount }) },
      writes: 1,
      downcast: { 2: ({ price }) => ({ amount: price }) },
      codecs: { price: codecOf(Money) },
      schema: z.strictObject({ price: z.number().min(1) }),
    })
    class Paid {
      constructor(readonly price: Money) {}
    }

    @Aggregate('Account')
    class Account extends AggregateRoot<Paid> {
      @CommandHandler(Pay, { creates: 'if-missing' })
      pay({ cents }: Pay): Paid {
        return new Paid(new Money(cents));
      }

      @EventHandler(Paid)
      paid(_: Paid): void {}
    }
    const eventStore = new InMemoryEventStore();
    const flow = new Flow({ eventStore, aggregates: [Account] });

    expect(await failure(flow.dispatch(new Pay('a', 0)))).toMatchObject({
      code: 'INVALID_PAYLOAD',
      issues: [{ path: 'price' }],
    });
    const { events } = await flow.dispatch(new Pay('a', 5));
    expect(events).toMatchObject([{ schemaVersion: 2, payload: { price: 5 } }]);
    expect(await eventStore.readAll()).toMatchObject([{ schemaVersion: 1, payload: { amount: 5 } }]);
  });
});

describe('a schema', () => {
  it('that is asynchronous is refused', async () => {
    const later = z.object({ text: z.string().refine(async () => true) });
    const rejecting: StandardSchemaV1 = {
      '~standard': { version: 1, vendor: 'own', validate: () => Promise.reject(new Error('later')) },
    };
    for (const schema of [later, rejecting])
      expect(await failure(dispatched(schema, { text: 'milk' }))).toMatchObject({
        code: 'UNUSABLE_SCHEMA',
        message: expect.stringContaining("The schema of 'Note' is asynchronous"),
      });
  });

  it('that throws is refused, with what it has thrown', async () => {
    const cause = new Error('no such table');
    const throwing: StandardSchemaV1 = {
      '~standard': {
        version: 1,
        vendor: 'own',
        validate() {
          throw cause;
        },
      },
    };
    expect(await failure(dispatched(throwing, {}))).toMatchObject({ code: 'UNUSABLE_SCHEMA', cause });
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a text', 'ok'],
    ['an object of another kind', { ok: true }],
    ['issues that are no list', { issues: 5 }],
    ['issues that are nothing', { issues: [undefined] }],
    ['issues whose path is none', { issues: [{ message: 'no', path: [null] }] }],
  ])('that returns %s is refused, and says what it must return', async (_, made) => {
    const schema = { '~standard': { version: 1, vendor: 'own', validate: () => made } } as never;
    expect(await failure(dispatched(schema, { text: 'milk' }))).toMatchObject({
      code: 'UNUSABLE_SCHEMA',
      message: expect.stringMatching(
        /^The schema of 'Note' returned .*; as a Standard Schema it must return \{ value \}/,
      ),
    });
  });

  it('of values that JSON does not carry is compared by their values', async () => {
    const schema = z.object({
      at: z.date(),
      by: z.map(z.string(), z.set(z.number())),
      amount: z.bigint(),
      none: z.nan(),
      anything: z.any(),
    });
    const message = {
      ...{ at: new Date(5), by: new Map([['a', new Set([1])]]), amount: 5n },
      ...{ none: Number.NaN, anything: new Money(5) },
    };
    await expect(dispatched(schema, message)).resolves.toBe('done');
    const rounded = z.object({ at: z.date().transform(at => new Date(Math.floor(at.getTime() / 1000))) });
    expect(await failure(dispatched(rounded, { at: new Date(5) }))).toMatchObject({ code: 'UNUSABLE_SCHEMA' });
  });

  it('belongs to a handler or to a class, and not to both', () => {
    @Command('Note', { schema: z.object({}) })
    class Note {}
    const bus = new CommandBus();
    bus.register('Note', () => undefined, z.object({ id: z.string() }));
    expect(() => bus.expect(Note)).toThrow("the command 'Note' has two schemas, of its class and of its handler.");
    expect(() => new QueryBus().register('Ask', () => undefined, {} as never)).toThrow('the schema is an object');
  });
});

describe('the message of the error', () => {
  it('is bounded, and safe to log, while all issues are there', async () => {
    const schema = z.record(
      z.string(),
      z.string().refine(() => false, { message: `wrong\n\u202e${'x'.repeat(1000)}` }),
    );
    const error = await failure(
      dispatched(schema, Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`field\n${i}`, 'x']))),
    );
    expect(error.issues).toHaveLength(500);
    expect(error.message.length).toBeLessThan(5000);
    expect(error.message).toMatch(/; and 490 more\.$/);
    expect(error.message).not.toMatch(/[\n\u202e]/);
  });
});

describe('a plain message', () => {
  it('becomes an instance whose class is its own, whatever the message names its fields', async () => {
    @Command('Note')
    class Note {
      constructor(readonly id: string) {}

      get allowed(): boolean {
        return false;
      }
    }
    const bus = new CommandBus<Note>();
    bus.register(Note, note => note);
    const message = JSON.parse('{"id":"1","__proto__":{"admin":true},"allowed":true,"constructor":1}');

    const note = await bus.dispatch({ name: 'Note', message });

    expect(Object.getPrototypeOf(note)).toBe(Note.prototype);
    expect(note).toBeInstanceOf(Note);
    expect((note as { admin?: unknown }).admin).toBeUndefined();
    expect(Object.keys(note)).toEqual(['id', '__proto__', 'allowed', 'constructor']);
  });
});
