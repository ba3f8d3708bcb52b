import 'reflect-metadata';
import {
  Aggregate,
  AggregateRoot,
  type Application,
  bootstrap,
  CommandHandler,
  defineReactor,
  Flow,
  type HandlerContext,
  InMemoryEventStore,
  Module,
  Query,
  QueryBus,
  type QueryContext,
  QueryHandler,
  type QueryMiddleware,
} from 'eventuality';
import { SILENT } from '../../support/logger';

class WhoAmI extends Query<unknown> {}
class Ask {}
class Note {
  constructor(readonly id: string) {}
}
class Noted {}

@Aggregate('Memo')
class Memo extends AggregateRoot<Noted> {
  @CommandHandler(Note, { creates: true })
  note() {
    return new Noted();
  }
}

const seen: Record<string, unknown>[] = [];

class Answering {
  @QueryHandler(WhoAmI)
  who(_: WhoAmI, { metadata }: QueryContext) {
    seen.push(metadata);
    return metadata.actor;
  }

  @CommandHandler(Ask)
  async ask(_: Ask, { query }: HandlerContext) {
    await query(new WhoAmI());
  }
}

@Module({ components: [Answering] })
class AnsweringModule {}

beforeEach(() => void seen.splice(0));

const ofAnn = { metadata: () => ({ actor: 'ann', tenant: 't' }), logger: SILENT };

async function within(options: Parameters<typeof bootstrap>[1], use: (app: Application) => Promise<void>) {
  const app = await bootstrap(AnsweringModule, options);
  await use(app);
  await app.close();
}

test('a query from outside has the entries of the option metadata, in a class and in a function', async () => {
  await within(ofAnn, async app => {
    expect(await app.query(new WhoAmI())).toBe('ann');
    expect(seen).toEqual([{ actor: 'ann', tenant: 't' }]);
    expect(Object.isFrozen(seen[0])).toBe(true);
  });
  const flow = new Flow({
    eventStore: new InMemoryEventStore(),
    queryHandlers: { WhoAmI: (_, { metadata }) => metadata.actor },
    ...ofAnn,
  });
  expect(await flow.query(new WhoAmI())).toBe('ann');
  const one = await flow.watch(new WhoAmI())[Symbol.asyncIterator]().next();
  expect(one.value).toBe('ann');
  await flow.close();
});

test('without the option it has none, in a bus alone neither', async () => {
  await within({ logger: SILENT }, async app => {
    expect(await app.query(new WhoAmI())).toBeUndefined();
    expect(seen).toEqual([{}]);
  });
  const bus = new QueryBus();
  bus.register(WhoAmI, (_, { metadata }) => metadata);
  expect(await bus.query(new WhoAmI())).toEqual({});
});

test('a query that a handler sends inherits the entries of its message, as a command does', async () => {
  const options = { metadata: { actor: 'bob', tenant: 'u', correlationId: 'c' } };
  await within(ofAnn, async app => {
    await app.dispatch(new Ask(), options);
    expect(seen).toEqual([{ actor: 'bob', tenant: 'u', correlationId: 'c' }]);
  });
  await within({ ...ofAnn, inheritMetadata: ['tenant'] }, async app => {
    await app.dispatch(new Ask(), options);
    expect(seen[1]).toEqual({ tenant: 'u', correlationId: 'c' });
  });
});

test('middleware of queries finds them in the message', async () => {
  const found: unknown[] = [];
  const finding: QueryMiddleware = (message, next) => {
    found.push(message.metadata.actor);
    return next(message);
  };
  await within({ ...ofAnn, queryMiddleware: [finding] }, async app => void (await app.query(new WhoAmI())));
  expect(found).toEqual(['ann']);
});

test('what is no metadata is refused, as for commands', async () => {
  for (const metadata of [() => 'ann', async () => ({}), () => new Date()])
    await within({ logger: SILENT, metadata: metadata as never }, async app => {
      await expect(app.query(new WhoAmI())).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
      await expect(app.dispatch(new Ask())).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
    });
});

test('listeners and reactors have the metadata of their event in their context', async () => {
  const found: unknown[] = [];
  const store = new InMemoryEventStore();
  const flow = new Flow({
    eventStore: store,
    aggregates: [Memo],
    listeners: { Noted: (_, { metadata, event }) => void found.push(['listener', metadata === event.metadata]) },
    processors: [
      defineReactor({
        name: 'reacting',
        on: { Noted: (_, { metadata, event }) => void found.push(['reactor', metadata === event.metadata]) },
      }),
    ],
    logger: SILENT,
  });
  await flow.processors.ready();
  await flow.dispatch(new Note('1'));
  await flow.processors.settled();
  await flow.close();
  expect(found.sort()).toEqual([
    ['listener', true],
    ['reactor', true],
  ]);
});
