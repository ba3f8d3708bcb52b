import {
  Aggregate,
  AggregateRoot,
  bootstrap,
  Command,
  CommandBus,
  CommandHandler,
  defineAggregate,
  defineProjection,
  defineReactor,
  derivedId,
  EventBus,
  EventHandler,
  exportEvents,
  Flow,
  InMemoryEventStore,
  importEvents,
  Module,
  Projection,
  QueryBus,
  QueryHandler,
  Reactor,
  ReplayHandler,
  Repository,
} from 'eventuality';
import { sealPayload } from 'eventuality/store-kit';
import { given, history, storedEvent, testFlow, VirtualClock } from 'eventuality/testing';
import { any, Door, DoorModule, memory, Open, Opened, refusal } from './refusals';

const ID = '01890a5d-ac96-774b-bcce-b302099a8057';
const opened = { name: 'Opened', payload: {} };
const append = { stream: { aggregateName: 'Door', aggregateId: 'a' }, expected: 'any' as const, events: [opened] };
const handlers = { Opened: () => undefined };
const list = defineProjection<{ by: string }>({ name: 'list', indexes: ['by'], on: handlers });
const alive = defineProjection<{ by: string }>({ name: 'alive', mode: 'live', indexes: ['by'], on: handlers });
const mailer = defineReactor({ name: 'mailer', on: handlers });

/** Calls something of a flow that has projections and a reactor. */
const using = (use: (flow: Flow) => unknown) => async (): Promise<unknown> => {
  const flow = await bootstrap(DoorModule, { processors: [list, alive, mailer] });
  try {
    await flow.dispatch(new Open('a'));
    await flow.processors.settled();
    return await use(flow);
  } finally {
    await flow.close();
  }
};
/** Calls something of the documents that a handler gets. */
const handling = (use: (documents: any, context: any) => unknown) => async (): Promise<unknown> => {
  let refused: unknown;
  const projection = defineProjection<any>({
    name: 'list',
    retry: { attempts: 1 },
    on: {
      async Opened(_, context) {
        refused = await refusal(() => use(context.documents, context)).catch(error => error);
      },
    },
  });
  const store = memory();
  const flow = new Flow({ eventStore: store, processors: [projection] });
  await store.append([append]);
  await flow.processors.settled();
  await flow.close();
  throw refused;
};
const of = (name: string, use: (processor: any) => unknown) => using(flow => use(flow.processors.of(name)));
const doors = (use: (repository: any) => unknown) => () => use(new Repository(Door, memory()));

class Decided extends AggregateRoot<Opened> {}
class Listening {
  opened() {}
}
EventHandler(Opened)(Listening.prototype, 'opened', Object.getOwnPropertyDescriptor(Listening.prototype, 'opened'));
/** Wires a class with a decorator. */
function decorated(decorate: (type: any) => unknown, parent: new () => object = Listening): Promise<unknown> {
  class Decorated extends parent {}
  decorate(Decorated);
  return wired(Decorated);
}
/** Wires a class with a decorated method. */
function handled(decorate: (...method: any[]) => unknown): Promise<unknown> {
  class Handling {
    handle() {}
  }
  decorate(Handling.prototype, 'handle', Object.getOwnPropertyDescriptor(Handling.prototype, 'handle'));
  return wired(Handling);
}
function wired(component: new () => object): Promise<unknown> {
  class Wired {}
  Module({ components: [component] })(Wired);
  return bootstrap(Wired);
}

/** A method, what it is given, the code that refuses it, and how its fault begins, or its message. */
type Use = readonly [method: string, given: string, call: () => unknown, code: string, fault: string];

const TEXT = 'it must be text of 1 to 255 characters without NUL.';

const PROCESSORS: readonly Use[] = [
  ['retry', '5', of('list', each => each.retry(5)), 'INVALID_OPTIONS', `sequence is 5; ${TEXT}`],
  ['retry', 'null', of('list', each => each.retry(null)), 'INVALID_OPTIONS', `sequence is null; ${TEXT}`],
  ['retry', "''", of('list', each => each.retry('')), 'INVALID_OPTIONS', `sequence is ''; ${TEXT}`],
  [
    'retry',
    'an object',
    of('list', each => each.retry({ sequence: 'a' })),
    'INVALID_OPTIONS',
    'sequence is an object;',
  ],
  ['rebuild', 'options', of('list', each => each.rebuild({ from: 1 })), 'INVALID_OPTIONS', 'it takes no argument, and'],
  ['restart', 'options', of('list', each => each.restart('a')), 'INVALID_OPTIONS', 'it takes no argument, and'],
  ['rebuild', 'nothing, of a reactor', of('mailer', each => each.rebuild()), 'NOTHING_TO_REBUILD', "'mailer' cannot"],
  ['status', 'null', of('list', each => each.status(null)), 'INVALID_OPTIONS', 'the options are null;'],
  ['status', 'NaN', of('list', each => each.status({ timeout: Number.NaN })), 'INVALID_OPTIONS', 'timeout is NaN;'],
  ['waitFor', 'nothing', of('list', each => each.waitFor()), 'INVALID_OPTIONS', 'position is undefined;'],
  ['waitFor', '-1n', of('list', each => each.waitFor(-1n)), 'INVALID_OPTIONS', 'position is -1n;'],
  [
    'waitFor',
    'processors',
    of('list', each => each.waitFor(0n, { processors: ['list'] })),
    'INVALID_OPTIONS',
    "'processors' is not an option.",
  ],
  ['deadLetters', "'a'", of('list', each => each.deadLetters('a')), 'INVALID_OPTIONS', "the options are 'a';"],
  ['deadLetters', 'limit: 0', of('list', each => each.deadLetters({ limit: 0 })), 'INVALID_OPTIONS', 'limit is 0;'],
  ['deadLetters', 'after: 1', of('list', each => each.deadLetters({ after: 1 })), 'INVALID_OPTIONS', 'after is 1;'],
  [
    'deadLetters',
    'version: 99',
    of('list', each => each.deadLetters({ version: 99 })),
    'INVALID_OPTIONS',
    'version is 99; it must be one that is stored: 1.',
  ],
  ['discard', 'null', of('list', each => each.discard(null)), 'INVALID_OPTIONS', 'the options are null;'],
  ['discard', 'position: 1', of('list', each => each.discard({ position: 1 })), 'INVALID_OPTIONS', 'position is 1;'],
  [
    'discard',
    'version: 99',
    of('list', each => each.discard({ version: 99 })),
    'INVALID_OPTIONS',
    'version is 99; it must be one that is stored: 1.',
  ],
  ['processors.of', '5', using(flow => flow.processors.of(any(5))), 'INVALID_OPTIONS', 'name is 5;'],
  ['processors.of', "''", using(flow => flow.processors.of('')), 'UNKNOWN_PROJECTION', 'There is no projection'],
  [
    'processors.of',
    'a live projection',
    using(flow => flow.processors.of('alive')),
    'PROCESSOR_KIND',
    "'alive' is a live projection, which follows nothing",
  ],
  [
    'processors.settled',
    'null',
    using(flow => flow.processors.settled(any(null))),
    'INVALID_OPTIONS',
    'the options are null;',
  ],
  [
    'processors.settled',
    'processors',
    using(flow => flow.processors.settled(any({ processors: ['list'] }))),
    'INVALID_OPTIONS',
    "'processors' is not an option.",
  ],
  [
    'processors.settled',
    'NaN',
    using(flow => flow.processors.settled({ timeout: Number.NaN })),
    'INVALID_OPTIONS',
    'timeout is NaN;',
  ],
  [
    'processors.waitFor',
    'a class',
    using(flow => flow.processors.waitFor(0n, any({ processors: [Door] }))),
    'INVALID_OPTIONS',
    'processors[0] is the function Door; it must be the name of a projection or reactor',
  ],
  ['processors.health', '5', using(flow => flow.processors.health(any(5))), 'INVALID_OPTIONS', 'the options are 5;'],
];

const READ_MODELS: readonly Use[] = [
  ...(['list', 'alive'] as const).flatMap((name): Use[] => {
    const reading = (use: (readModel: any) => unknown) => using(flow => use(flow.readModel(name)));
    const each = async (documents: AsyncIterable<unknown>) => {
      for await (const _ of documents);
    };
    return [
      [`${name}.get`, '5', reading(model => model.get(5)), 'INVALID_OPTIONS', 'id is 5; it must be text'],
      [`${name}.get`, "''", reading(model => model.get('')), 'INVALID_OPTIONS', "id is ''; it must be text"],
      [`${name}.get`, 'nothing', reading(model => model.get()), 'INVALID_OPTIONS', 'id is undefined;'],
      [
        `${name}.getMany`,
        "'x'",
        reading(model => model.getMany('x')),
        'INVALID_OPTIONS',
        "ids is 'x'; it must be a list",
      ],
      [
        `${name}.getMany`,
        '[5]',
        reading(model => model.getMany(['a', 5])),
        'INVALID_OPTIONS',
        'ids[1] is 5; it must be',
      ],
      [`${name}.find`, '5', reading(model => model.find(5)), 'INVALID_DOCUMENT_QUERY', 'the options are 5;'],
      [`${name}.find`, 'null', reading(model => model.find(null)), 'INVALID_DOCUMENT_QUERY', 'the options are null;'],
      [
        `${name}.find`,
        'NaN',
        reading(model => model.find({ limit: Number.NaN })),
        'INVALID_DOCUMENT_QUERY',
        'limit is NaN',
      ],
      [`${name}.first`, '5', reading(model => model.first(5)), 'INVALID_DOCUMENT_QUERY', 'the options are 5;'],
      [`${name}.first`, "'by'", reading(model => model.first('by')), 'INVALID_DOCUMENT_QUERY', "the options are 'by';"],
      [`${name}.all`, '5', reading(model => each(model.all(5))), 'INVALID_DOCUMENT_QUERY', 'the options are 5;'],
      [
        `${name}.all`,
        "'by'",
        reading(model => each(model.all('by'))),
        'INVALID_DOCUMENT_QUERY',
        "the options are 'by';",
      ],
    ];
  }),
  [
    'readModel',
    '5',
    using(flow => flow.readModel(any(5))),
    'INVALID_OPTIONS',
    'projection is 5; it must be a projection',
  ],
  ['readModel', 'null', using(flow => flow.readModel(any(null))), 'INVALID_OPTIONS', 'projection is null;'],
  ['readModel', 'a reactor', using(flow => flow.readModel('mailer')), 'PROCESSOR_KIND', "'mailer' is a reactor"],
  ['documents.get', '5', handling(documents => documents.get(5)), 'INVALID_OPTIONS', 'id is 5; it must be text'],
  ['documents.set', '5', handling(documents => documents.set(5, {})), 'INVALID_OPTIONS', `id is 5; ${TEXT}`],
  ['documents.set', "''", handling(documents => documents.set('', {})), 'INVALID_OPTIONS', `id is ''; ${TEXT}`],
  ['documents.set', 'null', handling(documents => documents.set('a', null)), 'UNSTORABLE_VALUE', ''],
  ['documents.set', 'a list', handling(documents => documents.set('a', [])), 'UNSTORABLE_VALUE', ''],
  ['documents.delete', '5', handling(documents => documents.delete(5)), 'INVALID_OPTIONS', `id is 5; ${TEXT}`],
  ['documents.update', '5', handling(documents => documents.update(5, {})), 'INVALID_OPTIONS', `id is 5; ${TEXT}`],
  [
    'documents.update',
    'nothing',
    handling(documents => documents.update('a')),
    'INVALID_OPTIONS',
    'change is undefined; it must be an object of fields, or a function',
  ],
  [
    'context.inTransaction',
    '5',
    handling((_, context) => context.inTransaction(5)),
    'INVALID_OPTIONS',
    'work is 5; it must be a function.',
  ],
];

const FLOW: readonly Use[] = [
  ['dispatch', '5', using(flow => flow.dispatch(any(5))), 'UNNAMED_MESSAGE', ''],
  ['dispatch', 'a class', using(flow => flow.dispatch(Open)), 'UNNAMED_MESSAGE', ''],
  [
    'dispatch',
    'options 5',
    using(flow => flow.dispatch(new Open('a'), any(5))),
    'INVALID_OPTIONS',
    'the options are 5;',
  ],
  ['query', 'null', using(flow => flow.query(any(null))), 'UNNAMED_MESSAGE', ''],
  [
    'eventReader.read',
    'nothing',
    using(flow => flow.eventReader.read(any(undefined))),
    'INVALID_OPTIONS',
    'event is undefined; it must be',
  ],
  ['storedEvent', 'no name, version 0 and a list', () => storedEvent('', 0, []), 'INVALID_OPTIONS', "name is ''"],
  ['watch', '5', using(flow => flow.watch(any(5))), 'UNNAMED_MESSAGE', ''],
  ['watch', 'null for options', using(flow => flow.watch({}, any(null))), 'INVALID_OPTIONS', 'the options are null;'],
  ['repositoryOf', '5', using(flow => flow.repositoryOf(any(5))), 'INVALID_AGGREGATE', ''],
  [
    'waitFor',
    'a list of numbers',
    using(flow => flow.waitFor(0n, any({ processors: [5] }))),
    'INVALID_OPTIONS',
    'processors[0] is 5; it must be a projection or reactor: its class, its definition or its name',
  ],
  [
    'waitFor',
    'one name',
    using(flow => flow.waitFor(0n, any({ processors: 'list' }))),
    'INVALID_OPTIONS',
    "processors is 'list'; it must be a list of projections and reactors.",
  ],
  ['waitFor', 'an unknown one', using(flow => flow.waitFor(0n, { processors: ['lst'] })), 'UNKNOWN_PROJECTION', ''],
  ['resolve', 'nothing', using(flow => any(flow).resolve()), 'INVALID_OPTIONS', 'token is undefined;'],
  ['bootstrap', '5', () => bootstrap(any(5)), 'WIRING', ''],
];

const BUSES: readonly Use[] = [
  ['new CommandBus', "'x'", () => new CommandBus(any('x')), 'INVALID_CONFIGURATION', "inheritMetadata is 'x';"],
  ['CommandBus.dispatch', 'null', () => new CommandBus().dispatch(any(null)), 'UNNAMED_MESSAGE', ''],
  ['CommandBus.expect', '5', () => new CommandBus().expect(any(5)), 'INVALID_CONFIGURATION', 'type is 5;'],
  ['CommandBus.register', "''", () => new CommandBus().register('', () => 1), 'INVALID_CONFIGURATION', ''],
  ['new QueryBus', '5', () => new QueryBus(any(5)), 'INVALID_CONFIGURATION', 'contextOf is 5;'],
  ['QueryBus.query', '5', () => new QueryBus().query(any(5)), 'UNNAMED_MESSAGE', ''],
  ['QueryBus.expect', '5', () => new QueryBus().expect(any(undefined)), 'INVALID_CONFIGURATION', 'type is undefined;'],
  ['new EventBus', 'null', () => new EventBus(any(null)), 'INVALID_CONFIGURATION', 'the options are null;'],
  [
    'EventBus.subscribe',
    "''",
    () => new EventBus().subscribe('', () => 1),
    'INVALID_CONFIGURATION',
    "the event is '';",
  ],
  ['EventBus.subscribe', 'no listener', () => new EventBus().subscribe('a', any(5)), 'INVALID_CONFIGURATION', ''],
  ['EventBus.subscribe', 'a list', () => new EventBus().subscribe(any([handlers])), 'INVALID_CONFIGURATION', ''],
  ['EventBus.subscribeAll', '5', () => new EventBus().subscribeAll(any(5)), 'INVALID_CONFIGURATION', ''],
  ['EventBus.drain', '5', () => new EventBus().drain(any(5)), 'INVALID_OPTIONS', 'the options are 5;'],
  ['EventBus.drain', 'NaN', () => new EventBus().drain({ timeout: Number.NaN }), 'INVALID_OPTIONS', 'timeout is NaN;'],
  [
    'EventBus.publish',
    'contexts 5',
    () => new EventBus().publish([], any(5)),
    'INVALID_OPTIONS',
    'contexts has no method of;',
  ],
];

const REPOSITORY: readonly Use[] = [
  ['new Repository', '5', () => new Repository(any(5), memory()), 'INVALID_AGGREGATE', ''],
  ['new Repository', 'a store 5', () => new Repository(Door, any(5)), 'INVALID_OPTIONS', 'store has no method append'],
  [
    'new Repository',
    'null',
    () => new Repository(Door, memory(), any(null)),
    'INVALID_OPTIONS',
    'the options are null;',
  ],
  ['load', '5', doors(each => each.load(5)), 'MISSING_AGGREGATE_ID', ''],
  ['find', "''", doors(each => each.find('')), 'MISSING_AGGREGATE_ID', ''],
  ['delete', 'nothing', doors(each => each.delete()), 'MISSING_AGGREGATE_ID', ''],
  ['save', '5', doors(each => each.save(5)), 'FOREIGN_AGGREGATE', ''],
  ['add', 'null', doors(each => each.add(null)), 'FOREIGN_AGGREGATE', ''],
  ['within', '5', doors(each => each.within(5)), 'INVALID_OPTIONS', 'unit is 5; it must be a unit of work.'],
];

const DEFINITIONS: readonly Use[] = [
  [
    'defineProjection',
    'no handlers',
    () => defineProjection(any({ name: 'list' })),
    'INVALID_OPTIONS',
    "on is undefined; it must be an object of functions by the event's name.",
  ],
  [
    'defineProjection',
    'a map',
    () => defineProjection(any({ name: 'list', on: new Map() })),
    'INVALID_OPTIONS',
    'on is',
  ],
  [
    'defineProjection',
    'no event',
    () => defineProjection({ name: 'list', on: {} }),
    'INVALID_OPTIONS',
    'it handles no event',
  ],
  ['defineProjection', "''", () => defineProjection({ name: '', on: handlers }), 'INVALID_OPTIONS', "name is '';"],
  [
    'defineReactor',
    "'inline'",
    () => defineReactor(any({ name: 'mailer', mode: 'inline', on: handlers })),
    'INVALID_OPTIONS',
    "it is a reactor with the mode 'inline'.",
  ],
  [
    'defineReactor',
    'indexes',
    () => defineReactor(any({ name: 'mailer', indexes: ['by'], on: handlers })),
    'INVALID_OPTIONS',
    'it has indexes, but a reactor has no documents.',
  ],
  [
    'defineReactor',
    'NaN',
    () => defineReactor({ name: 'mailer', segments: Number.NaN, on: handlers }),
    'INVALID_OPTIONS',
    'segments is NaN;',
  ],
  ['defineAggregate', '5', () => defineAggregate(any(5)), 'INVALID_AGGREGATE', ''],
  ['@Aggregate', '5', () => Aggregate(any(5)), 'INVALID_DECORATOR', ''],
  ['@Command', "''", () => Command(''), 'INVALID_DECORATOR', ''],
  ['@Projection', "''", () => Projection(''), 'INVALID_DECORATOR', ''],
];

/** What the decorators of classes and methods are given is looked at when their module is wired, with all other faults. */
const DECORATED: readonly Use[] = [
  ['@Aggregate', 'null', () => decorated(Aggregate('a', any(null)), Decided), 'WIRING', 'the options are null;'],
  [
    '@CommandHandler',
    '5',
    () => handled(CommandHandler(any(5))),
    'WIRING',
    'Handling.handle handles 5, which is not a class.',
  ],
  [
    '@EventHandler',
    "'Opened'",
    () => handled(EventHandler(any('Opened'))),
    'WIRING',
    "Handling.handle handles 'Opened', which is not a class.",
  ],
  [
    '@QueryHandler',
    '{}',
    () => handled(QueryHandler(any({}))),
    'WIRING',
    'Handling.handle handles an object, which is not a class.',
  ],
  [
    '@ReplayHandler',
    'null',
    () => handled(ReplayHandler(any(null))),
    'WIRING',
    'Handling.handle handles null, which is not a class.',
  ],
  [
    '@Projection',
    'a mistyped option',
    () => decorated(Projection('a', any({ indexs: [] }))),
    'WIRING',
    "'indexs' is no",
  ],
  ['@Reactor', 'NaN', () => decorated(Reactor('a', { segments: Number.NaN })), 'WIRING', 'segments is NaN;'],
  [
    '@Reactor',
    'a mode',
    () => decorated(Reactor('a', any({ mode: 'inline' }))),
    'WIRING',
    "a reactor with the mode 'inline'",
  ],
];

const STORES: readonly Use[] = [
  ['append', '5', () => memory().append(any(5)), 'INVALID_APPEND', ''],
  ['append', 'options 5', () => memory().append([append], any(5)), 'INVALID_APPEND', ''],
  ['read', '5', () => memory().read(any(5)), 'INVALID_OPTIONS', 'stream is 5;'],
  ['read', 'no id', () => memory().read(any({ aggregateName: 'Door' })), 'INVALID_OPTIONS', 'stream.aggregateId is'],
  ['readAll', '5', () => memory().readAll(any(5)), 'INVALID_OPTIONS', 'the options are 5;'],
  ['readAll', 'NaN', () => memory().readAll({ limit: Number.NaN }), 'INVALID_PAGE', ''],
  ['subscribe', 'after: 1', () => memory().subscribe({ after: any(1) }), 'INVALID_PAGE', ''],
  ['restore', '5', () => memory().restore!(any(5)), 'INVALID_RESTORE', ''],
  ['new InMemoryEventStore', '5', () => new InMemoryEventStore(any(5)), 'INVALID_OPTIONS', 'the options are 5;'],
  ['exportEvents', '5', () => exportEvents(any(5)).next(), 'INVALID_OPTIONS', 'store has no method append'],
  ['importEvents', '5', () => importEvents(any(5), []), 'INVALID_OPTIONS', 'store has no method'],
  ['importEvents', 'lines 5', () => importEvents(memory(), any(5)), 'INVALID_OPTIONS', 'lines is 5;'],
];

const MESSAGES: readonly Use[] = [
  ['sealPayload', '5', () => sealPayload(any(5), 'a'), 'UNSTORABLE_VALUE', ''],
  ['derivedId', '5', () => derivedId(any(5), 1), 'INVALID_OPTIONS', 'id is 5; it must be text.'],
  ['derivedId', '0', () => derivedId(ID, 0), 'INVALID_OPTIONS', 'index is 0; it must be an integer from 1.'],
  ['derivedId', 'NaN', () => derivedId(ID, Number.NaN), 'INVALID_OPTIONS', 'index is NaN;'],
];

const TESTING: readonly Use[] = [
  ['given', '5', () => given(any(5)), 'INVALID_AGGREGATE', ''],
  ['given', 'an event 5', () => given(Door, any(5)), 'INVALID_OPTIONS', 'events[0] is 5; it must be an event'],
  [
    'given',
    'a history 5',
    () => given(history(Door, 'a'), any(5)),
    'INVALID_OPTIONS',
    'histories[1] is 5; it must be what history(...) makes.',
  ],
  ['history', 'id 5', () => history(Door, any(5)), 'INVALID_OPTIONS', 'id is 5;'],
  ['history', 'an event 5', () => history(Door, 'a', any(5)), 'INVALID_OPTIONS', 'events[0] is 5; it must be an event'],
  ['when', 'a class', () => given(Door).when(Open), 'UNNAMED_MESSAGE', ''],
  [
    'then',
    '5',
    () => given(Door).when(new Open('a')).then(any(5)),
    'INVALID_OPTIONS',
    'events[0] is 5; it must be an event',
  ],
  [
    'thenState',
    '5',
    () => given(Door).when(new Open('a')).thenState(any(5)),
    'INVALID_OPTIONS',
    'the state is 5; it must be an object.',
  ],
  [
    'thenError',
    '5',
    () => given(Door).when(new Open('a')).thenError(any(5)),
    'INVALID_OPTIONS',
    'the error is 5; it must be a class',
  ],
  [
    'thenError',
    "''",
    () => given(Door).when(new Open('a')).thenError(''),
    'INVALID_OPTIONS',
    "the error is ''; it must be a class",
  ],
  ['project', '5', () => given().project(any(5)), 'INVALID_OPTIONS', 'projection is 5; it must be'],
  [
    'project',
    'a reactor',
    () => given().project(any(mailer)),
    'INVALID_OPTIONS',
    'projection is an object; it must be a class with @Projection',
  ],
  [
    'project.then',
    '5',
    () => given().project(list).then(any(5)),
    'INVALID_OPTIONS',
    'documents is 5; it must be an object of documents by id.',
  ],
  ['project.thenError', '5', () => given().project(list).thenError(any(5)), 'INVALID_OPTIONS', 'the error is 5;'],
  ['testFlow', '5', () => testFlow(DoorModule, any(5)), 'WIRING', 'the options are 5;'],
  ['new VirtualClock', 'NaN', () => new VirtualClock(Number.NaN), 'INVALID_OPTIONS', 'time is NaN;'],
  ['advanceBy', "'1'", () => new VirtualClock().advanceBy(any('1')), 'INVALID_OPTIONS', "milliseconds is '1';"],
  ['setTo', 'null', () => new VirtualClock().setTo(any(null)), 'INVALID_OPTIONS', 'time is null;'],
];

describe.each([
  ['processors', PROCESSORS],
  ['read models', READ_MODELS],
  ['a flow', FLOW],
  ['buses', BUSES],
  ['repositories', REPOSITORY],
  ['definitions', DEFINITIONS],
  ['decorators', DECORATED],
  ['stores', STORES],
  ['messages', MESSAGES],
  ['the testing kit', TESTING],
])('%s', (_, uses) => {
  test.each(uses)('%s refuses %s', async (_method, _given, call, code, fault) => {
    const error = (await refusal(call)) as { readonly message: string; readonly faults?: readonly string[] };
    expect(error).toMatchObject({ code });
    expect(error.faults ?? [error.message]).toContainEqual(expect.stringContaining(fault));
  });
});
