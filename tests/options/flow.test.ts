import { CommandBus, EventBus, Flow, QueryBus } from 'eventuality';
import { any, Door, memory, Open, type Row, refused, starting } from './refusals';

const flowWith = (parts: object) => new Flow(any({ eventStore: memory(), ...parts }));

const FLOW: readonly Row[] = [
  [
    'no parts',
    () => new Flow(any(undefined)),
    'INVALID_CONFIGURATION',
    ['the options are undefined; they must be an object.'],
  ],
  [
    'a store misspelt',
    () => new Flow(any({ evenStore: memory() })),
    'INVALID_CONFIGURATION',
    expect.arrayContaining([starting("'evenStore' is not an option. Did you mean 'eventStore'?")]) as never,
  ],
  [
    'a clock that is none',
    () => flowWith({ clock: {} }),
    'INVALID_CONFIGURATION',
    ['clock has no method now; give a clock, an object with a method now, such as systemClock.'],
  ],
  [
    'a logger that is none',
    () => flowWith({ logger: {} }),
    'INVALID_CONFIGURATION',
    [starting('logger has no method error'), starting('logger has no method warn')],
  ],
  [
    'middleware that is none',
    () => flowWith({ middleware: [5] }),
    'INVALID_CONFIGURATION',
    ['middleware[0] is 5; it must be a function.'],
  ],
  [
    'middleware that is no list',
    () => flowWith({ queryMiddleware: () => 1 }),
    'INVALID_CONFIGURATION',
    [starting('queryMiddleware is ')],
  ],
  [
    'a cache of less than nothing',
    () => flowWith({ cache: { max: -5 } }),
    'INVALID_CONFIGURATION',
    ['cache.max is -5; it must be an integer from 1.'],
  ],
  [
    'a cache that is true',
    () => flowWith({ cache: true }),
    'INVALID_CONFIGURATION',
    ['cache is true; it must be false, or an object such as { max: 10_000 }.'],
  ],
  [
    'a cache with another limit',
    () => flowWith({ cache: { maximum: 5 } }),
    'INVALID_CONFIGURATION',
    ["'maximum' is not an option of cache. Known: max, maxEvents."],
  ],
  [
    'an event bus that is half of one',
    () => flowWith({ eventBus: { publish() {} } }),
    'INVALID_CONFIGURATION',
    expect.arrayContaining(['eventBus has no method subscribe; give an EventBus.']) as never,
  ],
  [
    'an aggregate that is null',
    () => flowWith({ aggregates: [null] }),
    'INVALID_CONFIGURATION',
    ['aggregates[0]: it is null; give a class, or what defineAggregate returns.'],
  ],
  [
    'an aggregate that is none',
    () => flowWith({ aggregates: [{ name: 'A' }] }),
    'INVALID_CONFIGURATION',
    expect.arrayContaining([starting('aggregates[0]: commands is undefined; it must be a Map')]) as never,
  ],
  [
    'one aggregate instead of a list',
    () => flowWith({ aggregates: Door }),
    'INVALID_CONFIGURATION',
    [starting('aggregates is the function Door; it must be a list')],
  ],
  [
    'a switch that is text',
    () => flowWith({ follow: 'no', ambientCausation: 1, validate: false }),
    'INVALID_CONFIGURATION',
    [
      "follow is 'no'; it must be true, false or 'later'.",
      "validate is false; it must be 'always' or 'never'.",
      'ambientCausation is 1; it must be true or false.',
    ],
  ],
  [
    'a projection that is none',
    () => flowWith({ processors: [null] }),
    'INVALID_CONFIGURATION',
    [starting('processors[0] is null; it must be what defineProjection')],
  ],
  [
    'listeners that are none',
    () => flowWith({ listeners: { Opened: [1] } }),
    'INVALID_CONFIGURATION',
    ['the listener of Opened[0] is 1; it must be a function.'],
  ],
  [
    'a command handler with a mistyped option',
    () =>
      flowWith({ commandHandlers: { Open: { handle: () => undefined, retries: 3 }, Shut: 1, Lock: { retry: {} } } }),
    'INVALID_CONFIGURATION',
    [
      "'retries' is not an option of the handler of Open. Known: handle, retry, schema.",
      'the handler of Shut is 1; it must be a function, or { handle, retry, schema }.',
      'the handler of Lock.handle is undefined; it must be a function.',
    ],
  ],
  [
    'a rule of retries that is none',
    () => flowWith({ retry: { attempts: 0, delays: 5 }, commandRetention: Number.POSITIVE_INFINITY }),
    'INVALID_CONFIGURATION',
    [
      'retry.attempts is 0; it must be an integer from 1.',
      starting("'delays' is not an option of retry. Did you mean 'delay'?"),
      'commandRetention is Infinity; it must be an integer from 1 to 3155760000000.',
    ],
  ],
  [
    'hooks that are none',
    () => flowWith({ newId: 'a', onError: 'log', closeTimeout: '5' }),
    'INVALID_CONFIGURATION',
    [
      "newId is 'a'; it must be a function.",
      "onError is 'log'; it must be a function.",
      "closeTimeout is '5'; it must be milliseconds from 0, or Infinity.",
    ],
  ],
  [
    'classes of messages, and names of entries, that are none',
    () => flowWith({ messageClasses: { comands: [Open], events: ['Opened'] }, inheritMetadata: 'tenant' }),
    'INVALID_CONFIGURATION',
    [
      "messageClasses.events[0] is 'Opened'; it must be a function.",
      starting("'comands' is not an option of messageClasses. Did you mean 'commands'?"),
      "inheritMetadata is 'tenant'; it must be true, false, or a list of the entries' names.",
    ],
  ],
  [
    'query handlers that are none',
    () => flowWith({ queryHandlers: { Ask: 1 } }),
    'INVALID_CONFIGURATION',
    ['the handler of Ask is 1; it must be a function, or { handle, schema }.'],
  ],
];

const BUSES: readonly Row[] = [
  [
    'a command without a handler',
    () => new CommandBus().register('X', any(undefined)),
    'INVALID_CONFIGURATION',
    ["the handler of 'X' is undefined; it must be a function."],
  ],
  [
    'a handler without a command',
    () => new CommandBus().register(any(undefined), () => 1),
    'INVALID_CONFIGURATION',
    [starting('the message is undefined; give its class')],
  ],
  [
    'a query without a handler',
    () => new QueryBus().register('X', any(undefined)),
    'INVALID_CONFIGURATION',
    ["the handler of 'X' is undefined; it must be a function."],
  ],
  [
    'middleware of commands that is none',
    () => new CommandBus().use(any(5)),
    'INVALID_CONFIGURATION',
    ['middleware is 5; it must be a function.'],
  ],
  [
    'middleware of queries that is none',
    () => new QueryBus().use(any(5)),
    'INVALID_CONFIGURATION',
    ['middleware is 5; it must be a function.'],
  ],
  [
    'middleware of events that is none',
    () => new EventBus().use(any(5)),
    'INVALID_CONFIGURATION',
    ['middleware is 5; it must be a function.'],
  ],
  [
    'an option of an event bus that there is none of',
    () => new EventBus(any({ onEror: () => 1 })),
    'INVALID_CONFIGURATION',
    [starting("'onEror' is not an option. Did you mean 'onError'?")],
  ],
  [
    'a hook that is none',
    () => new EventBus(any({ onError: 'log', logger: {} })),
    'INVALID_CONFIGURATION',
    expect.arrayContaining(["onError is 'log'; it must be a function."]) as never,
  ],
  [
    'an event to listen to that is null',
    () => new EventBus().subscribe(any(null), () => 1),
    'INVALID_CONFIGURATION',
    [starting('the event is null')],
  ],
  [
    'an event to listen to that is undefined',
    () => new EventBus().subscribe(any(undefined), () => 1),
    'INVALID_CONFIGURATION',
    [starting('the event is undefined')],
  ],
  [
    'how long to wait for listeners',
    () => new EventBus().drain(any({ timeout: '5', timout: 1 })),
    'INVALID_OPTIONS',
    [
      "timeout is '5'; it must be milliseconds from 0, or Infinity.",
      starting("'timout' is not an option. Did you mean 'timeout'?"),
    ],
  ],
  [
    'what is published is null',
    () => new EventBus().publish(any(null)),
    'INVALID_OPTIONS',
    ['events is null; it must be a list of recorded events.'],
  ],
  [
    'what is published has no event in it',
    () => new EventBus().publish(any([null])),
    'INVALID_OPTIONS',
    ['events[0] is null; it must be a recorded event.'],
  ],
];

refused('a flow', FLOW);
refused('buses', BUSES);

test('instances of classes may be options, with fields of their own', () => {
  class Configuration {
    readonly eventStore = memory();
    readonly port = 8080;
  }
  expect(() => new Flow(new Configuration())).not.toThrow();
});

test('options that are undefined are left out', async () => {
  const flow = new Flow(any({ eventStore: memory(), cache: undefined, clock: undefined, aggregates: [Door] }));
  const outcome = await flow.dispatch(new Open('a'), any({ commandId: undefined, waitFor: undefined }));
  await flow.close();
  expect(outcome.succeeded).toBe(true);
});
