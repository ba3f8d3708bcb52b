import {
  Aggregate,
  AggregateRoot,
  type CommandContext,
  CommandHandler,
  type CommandMiddleware,
  type CommandOutcome,
  type DispatchOptions,
  type EventContext,
  EventHandler,
  type EventStore,
  Flow,
  InMemoryEventStore,
  Module,
  Query,
  type QueryContext,
  QueryHandler,
  type QueryMiddleware,
  Reactor,
  type ReactorContext,
  type RecordedEvent,
} from 'eventuality';
import { type TestFlow, testFlow } from 'eventuality/testing';
import { PLACES } from '../../support/stores/places';

class Begin {
  constructor(
    readonly id: string,
    /** Who is to dispatch the next command. */
    readonly next = 'nobody',
  ) {}
}

class Begun {
  constructor(readonly next: string) {}
}

class Relay {
  constructor(
    readonly id: string,
    readonly options: DispatchOptions = {},
  ) {}
}

class Question extends Query<string> {
  constructor(readonly id: string) {
    super();
  }
}

@Aggregate('Step')
class Step extends AggregateRoot<Begun> {
  @CommandHandler(Begin, { creates: true })
  async begin({ id, next }: Begin, { dispatch, query }: CommandContext): Promise<Begun> {
    if (next === 'aggregate') await dispatch(new Begin(`${id}-next`));
    if (next === 'query') await query(new Question(id));
    return new Begun(next);
  }
}

class Relays {
  @CommandHandler(Relay)
  relay({ id, options }: Relay, { dispatch }: CommandContext) {
    return dispatch(new Begin(id), options);
  }
}

const nextOf = ({ aggregateId }: RecordedEvent): Begin => new Begin(`${aggregateId}-next`);

class Hearing {
  @EventHandler(Begun)
  async begun({ next }: Begun, { event, dispatch }: EventContext) {
    if (next === 'listener') await dispatch(nextOf(event));
  }

  @QueryHandler(Question)
  async answer({ id }: Question, { dispatch }: QueryContext) {
    await dispatch(new Begin(`${id}-next`));
    return 'answered';
  }
}

@Reactor('reactor')
class Following {
  @EventHandler(Begun)
  async begun({ next }: Begun, { event, dispatch }: ReactorContext) {
    if (next === 'reactor') await dispatch(nextOf(event));
  }
}

@Module({ components: [Step, Relays, Hearing, Following] })
class Steps {}

/** What an application with tenants puts before everything. */
const tenantNeeded: CommandMiddleware<CommandOutcome> = (message, next) =>
  typeof message.metadata.tenant === 'string'
    ? next(message)
    : Promise.reject(new Error(`${message.name} without a tenant`));
const tenantNeededToAsk: QueryMiddleware = (message, next) =>
  typeof message.cause?.metadata.tenant === 'string'
    ? next(message)
    : Promise.reject(new Error(`${message.name} without a tenant`));

const metadata = { tenant: 't1', actor: { name: 'ann', roles: ['admin'] } };

const step = async (store: EventStore, id: string): Promise<RecordedEvent | undefined> =>
  (await store.read({ aggregateName: 'Step', aggregateId: id }))[0];

describe.each(PLACES)("callers' entries in the metadata are inherited, %s,", (_, make) => {
  const place = make();
  let app: TestFlow;
  beforeAll(async () => {
    app = await testFlow(Steps, {
      eventStore: place.open(),
      middleware: [tenantNeeded],
      queryMiddleware: [tenantNeededToAsk],
    });
  });
  afterAll(async () => {
    await app.close();
    await place.end();
  });

  test.each(['aggregate', 'query', 'listener', 'reactor'])('by what is dispatched from: %s', async next => {
    const { eventStore } = app.flow;
    await app.flow.dispatch(new Begin(next, next), { metadata });
    await app.settle();
    const [first, second] = [await step(eventStore, next), await step(eventStore, `${next}-next`)];
    const cause = next === 'listener' || next === 'reactor' ? first!.id : first!.metadata.causationId;
    expect(second!.metadata).toEqual({
      ...metadata,
      correlationId: first!.metadata.correlationId,
      causationId: expect.not.stringContaining(first!.metadata.causationId),
      commandName: 'Begin',
      commandCausationId: cause,
    });
    expect(app.commands.filter(({ error }) => error)).toEqual([]);
  });
});

describe('which entries are inherited', () => {
  const metadataOf = async (options: DispatchOptions, inheritMetadata?: boolean | readonly string[]) => {
    await using app = await testFlow(Steps, inheritMetadata === undefined ? {} : { inheritMetadata });
    const { events } = await app.flow.dispatch(new Relay('r', options), { metadata });
    const {
      correlationId: _,
      causationId: __,
      commandName: ___,
      commandCausationId: ____,
      ...callers
    } = events[0]!.metadata;
    return callers;
  };

  test('is all of them, unless the command says which', async () => {
    expect(await metadataOf({})).toEqual(metadata);
    expect(await metadataOf({ inherit: true })).toEqual(metadata);
    expect(await metadataOf({ inherit: false })).toEqual({});
    expect(await metadataOf({ inherit: ['tenant', 'absent'] })).toEqual({ tenant: 't1' });
    expect(await metadataOf({ inherit: [] })).toEqual({});
  });

  test('is what the flow says, unless the command says otherwise', async () => {
    expect(await metadataOf({}, false)).toEqual({});
    expect(await metadataOf({}, ['tenant'])).toEqual({ tenant: 't1' });
    expect(await metadataOf({ inherit: true }, ['tenant'])).toEqual(metadata);
    expect(await metadataOf({ inherit: ['actor'] }, false)).toEqual({ actor: metadata.actor });
  });

  test('leaves those alone that the command brings itself', async () => {
    expect(await metadataOf({ metadata: { tenant: 't2', reason: 'r' } })).toEqual({
      ...metadata,
      tenant: 't2',
      reason: 'r',
    });
    expect(await metadataOf({ metadata: { tenant: undefined } })).toEqual({ actor: metadata.actor });
    expect(await metadataOf({ metadata: { reason: 'r' }, inherit: false })).toEqual({ reason: 'r' });
  });

  test('is refused by the flow when it is no list of names', () => {
    const eventStore = new InMemoryEventStore();
    for (const inheritMetadata of ['tenant', 5, null, ['a', 5]] as never[])
      expect(() => new Flow({ eventStore, inheritMetadata })).toThrow('inheritMetadata is');
  });

  test('goes on over several steps, and with flow.dispatch itself where causation is ambient', async () => {
    const flow: Flow = new Flow({
      eventStore: new InMemoryEventStore(),
      aggregates: [Step],
      ambientCausation: true,
      middleware: [tenantNeeded],
      listeners: {
        Begun: ({ payload, aggregateId }) =>
          payload.next === 'again' ? flow.dispatch(new Begin(`${aggregateId}+`)) : undefined,
      },
      commandHandlers: { Indirect: () => flow.dispatch(new Begin('i', 'again')) },
    });
    await flow.dispatch({ name: 'Indirect', message: {} }, { metadata });
    await flow.eventBus!.drain();
    for (const id of ['i', 'i+']) expect((await step(flow.eventStore, id))!.metadata).toMatchObject(metadata);
    await expect(flow.dispatch(new Begin('o'))).rejects.toThrow('Begin without a tenant');
    await flow.close();
  });
});

describe('the entries that the framework sets', () => {
  const forged = { causationId: 'forged', commandName: 'Forged', commandCausationId: 'forged' };

  test('cannot be given by a caller, with a cause or without', async () => {
    await using app = await testFlow(Steps);
    const { events } = await app.flow.dispatch(new Begin('a'), { metadata: { ...forged, correlationId: 'mine' } });
    expect(events[0]!.metadata).toEqual({
      correlationId: 'mine',
      causationId: expect.not.stringContaining('forged'),
      commandName: 'Begin',
    });
    const relayed = await app.flow.dispatch(new Relay('b', { metadata: forged }), {
      commandId: 'relay',
      metadata: forged,
    });
    expect(relayed.events[0]!.metadata).toEqual({
      correlationId: 'relay',
      causationId: expect.not.stringContaining('forged'),
      commandName: 'Begin',
      commandCausationId: 'relay',
    });
  });

  test('cannot be given by a repository or inherited by name', async () => {
    await using app = await testFlow(Steps, { inheritMetadata: Object.keys(forged) });
    const { events } = await app.flow.dispatch(new Relay('b'), { commandId: 'relay' });
    expect(events[0]!.metadata).toMatchObject({ commandName: 'Begin', commandCausationId: 'relay' });
    const [deleted] = await app.flow.repository(Step).delete('b');
    expect(deleted!.metadata).toMatchObject({ commandName: 'Step.delete' });
    expect(deleted!.metadata).not.toHaveProperty('commandCausationId');
  });
});
