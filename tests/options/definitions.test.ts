import {
  defineAggregate,
  defineProjection,
  defineReactor,
  Event,
  Flow,
  InjectReadModel,
  InjectRepository,
  Module,
  Reactor,
} from 'eventuality';
import { any, memory, Opened, type Row, refused, starting } from './refusals';

const door = { name: 'Door', state: {} };
const flowWith = (parts: object) => new Flow(any({ eventStore: memory(), ...parts }));

const DEFINITIONS: readonly Row[] = [
  [
    'no specification',
    () => defineAggregate(any(null)),
    'INVALID_AGGREGATE',
    ['the options are null; they must be an object.'],
  ],
  [
    'a generator of ids that is text',
    () => defineAggregate(any({ ...door, idGenerator: 'uuid' })),
    'INVALID_AGGREGATE',
    ["idGenerator is 'uuid'; it must be a function."],
  ],
  [
    'methods that are a list',
    () => defineAggregate(any({ ...door, methods: [] })),
    'INVALID_AGGREGATE',
    [starting('methods is an array')],
  ],
  [
    'event handlers that are a function',
    () => defineAggregate(any({ ...door, on: () => 1 })),
    'INVALID_AGGREGATE',
    [starting('on is ')],
  ],
  [
    'command handlers that are a map',
    () => defineAggregate(any({ ...door, commands: new Map() })),
    'INVALID_AGGREGATE',
    [starting('commands is an object of the class Map')],
  ],
  [
    'a way to create that there is none of',
    () => defineAggregate(any({ ...door, commands: { Open: { creates: 'ifMissing', decide() {} } } })),
    'INVALID_AGGREGATE',
    ["commands.Open.creates is 'ifMissing'; it must be true, false or 'if-missing'."],
  ],
  [
    'a target that is text',
    () => defineAggregate(any({ ...door, commands: { Open: { target: 'id', decide() {} } } })),
    'INVALID_AGGREGATE',
    ["commands.Open.target is 'id'; it must be a function."],
  ],
  [
    'a handler with a mistyped option',
    () => defineAggregate(any({ ...door, commands: { Open: { create: true, decide() {} } } })),
    'INVALID_AGGREGATE',
    [starting("'create' is not an option of commands.Open. Did you mean 'creates'?")],
  ],
  [
    'a rule of retries of a handler that is none',
    () => defineAggregate(any({ ...door, commands: { Open: { retry: 3, decide() {} } } })),
    'INVALID_AGGREGATE',
    ['commands.Open.retry is 3; it must be an object of options.'],
  ],
  [
    'an id that is text',
    () => defineAggregate(any({ ...door, id: 'doorId' })),
    'INVALID_AGGREGATE',
    ["id is 'doorId'; it must be a function."],
  ],
  [
    'a state that cannot be copied',
    () => defineAggregate(any({ name: 'Door', state: { now: () => 1 } })),
    'INVALID_AGGREGATE',
    [starting('state cannot be copied for each aggregate: state.now is a function')],
  ],
  [
    'a state whose copies lose its class',
    () => defineAggregate(any({ name: 'Door', state: new Opened('ann') })),
    'INVALID_AGGREGATE',
    [starting('state cannot be copied for each aggregate: state is an instance of Opened')],
  ],
  [
    'a key that is misspelt, and a long name',
    () => defineAggregate(any({ name: 'n'.repeat(256), state: {}, command: {} })),
    'INVALID_AGGREGATE',
    [starting("name is 'nnn"), starting("'command' is not an option. Did you mean 'commands'?")],
  ],
  [
    'a projection of nothing',
    () => defineProjection(any(undefined)),
    'INVALID_OPTIONS',
    [starting('the specification is undefined')],
  ],
  ['a listener of nothing', () => defineReactor(any(null)), 'INVALID_OPTIONS', [starting('the specification is null')]],
  [
    'a projection with all kinds of faults',
    () => defineProjection(any({ name: 'list', on: { A: 1 }, onReplay: { B: () => 1 }, index: [], segments: 0 })),
    'INVALID_OPTIONS',
    [
      'segments is 0; it must be an integer from 1 to 256.',
      starting("'index' is not an option. Did you mean 'indexes'?"),
      'the handler of A.handle is 1; it must be a function.',
      'it handles B in replays only. Add a handler for it in `on`.',
    ],
  ],
  [
    'a projection that is adjusted by hand, with a fault',
    () =>
      flowWith({
        processors: [{ ...defineProjection({ name: 'list', on: { A: () => 1 } }), options: { segments: 0 } }],
      }),
    'INVALID_CONFIGURATION',
    ["The projection 'list': segments is 0; it must be an integer from 1 to 256."],
  ],
  [
    'a listener with a handler for replays of what it does not handle',
    () => defineReactor(any({ name: 'mailer', on: { A: () => 1 }, onReplay: { B: () => 1 } })),
    'INVALID_OPTIONS',
    ['it handles B in replays only. Add a handler for it in `on`.'],
  ],
  [
    'a projection without handlers',
    () => flowWith({ processors: [{ kind: 'projection', name: 'list', options: {} }] }),
    'INVALID_CONFIGURATION',
    [starting("The projection 'list': handlers is undefined; it must be a Map of handlers")],
  ],
  [
    'a plain event that is misspelt',
    () => Event(any({ aggregateId: 'a', name: '', payload: {}, agregateName: 'Door' })),
    'INVALID_OPTIONS',
    [starting("name is ''"), starting("'agregateName' is not an option. Did you mean 'aggregateName'?")],
  ],
];

refused('definitions', DEFINITIONS);

test.each([
  [
    'an event of a version that no database holds',
    () => Event('opened', { version: 2 ** 31, upcast: {} }),
    /version is 2147483648; it must be an integer from 1 to 2147483647/,
  ],
  ['half a codec', () => Event('opened', any({ codec: { encode: () => ({}) } })), /codec has no method decode/],
  [
    'a mistyped option of an event',
    () => Event('opened', any({ versoin: 2 })),
    /'versoin' is not an option. Did you mean 'version'\?/,
  ],
  ['an event that is null', () => Event(any(null)), /@Event needs a durable name, .*; it received null\./],
  ['a module of nothing', () => Module(any(undefined)), /@Module received undefined; pass an object/],
  ['a listener of no name', () => Reactor(any(7)), /@Reactor needs a durable name, .*; it received 7\./],
  [
    'the repository of nothing',
    () => InjectRepository(any(undefined)),
    /@InjectRepository received undefined; pass an aggregate/,
  ],
  [
    'the read model of nothing',
    () => InjectReadModel(any('list')),
    /@InjectReadModel received 'list'; pass a projection/,
  ],
])('a decorator refuses %s', (_, decorate, message) => {
  expect(decorate).toThrow(
    expect.objectContaining({ code: 'INVALID_DECORATOR', message: expect.stringMatching(message) }),
  );
});
