import { bootstrap, CommandBus, defineProjection, Flow } from 'eventuality';
import { any, Door, DoorModule, Open, type Row, refused, starting } from './refusals';

const dispatching = async (options: unknown) => {
  const flow = await bootstrap(DoorModule);
  try {
    return await flow.dispatch(new Open('a'), any(options));
  } finally {
    await flow.close();
  }
};
const waiting = async (work: (flow: Flow) => unknown) => {
  const flow = await bootstrap(DoorModule, {
    processors: [defineProjection({ name: 'list', on: { Opened: () => undefined } })],
  });
  try {
    return await work(flow);
  } finally {
    await flow.close();
  }
};

const DISPATCH: readonly Row[] = [
  ['null', () => dispatching(null), 'INVALID_OPTIONS', ['the options are null; they must be an object.']],
  [
    'an empty commandId',
    () => dispatching({ commandId: '' }),
    'INVALID_OPTIONS',
    ["commandId is ''; it must be text of 1 to 255 characters without NUL."],
  ],
  [
    'a long commandId',
    () => dispatching({ commandId: 'i'.repeat(256) }),
    'INVALID_OPTIONS',
    [starting("commandId is 'iii")],
  ],
  [
    'a commandId that no database keeps',
    () => dispatching({ commandId: 'a\0' }),
    'INVALID_OPTIONS',
    [starting('commandId is ')],
  ],
  [
    'metadata that is a map',
    () => dispatching({ metadata: new Map() }),
    'INVALID_OPTIONS',
    [starting('metadata is an object of the class Map; it must be an object of entries')],
  ],
  [
    'one projection instead of a list',
    () => dispatching({ waitFor: 'd' }),
    'INVALID_OPTIONS',
    ["waitFor is 'd'; it must be a list of projections and reactors."],
  ],
  [
    'a projection that is none',
    () => dispatching({ waitFor: [Door, 7] }),
    'INVALID_OPTIONS',
    ['waitFor[1] is 7; it must be a projection or reactor: its class, its definition or its name.'],
  ],
  [
    'an option that there is none of',
    () => dispatching({ comandId: 'a' }),
    'INVALID_OPTIONS',
    [starting("'comandId' is not an option. Did you mean 'commandId'? Known: commandId, expectedVersion, ")],
  ],
  [
    'a rule of retries, and names of entries, that are none',
    () => dispatching({ retry: { attempts: 0, delay: Number.POSITIVE_INFINITY }, inherit: [1] }),
    'INVALID_OPTIONS',
    [
      "inherit is an array; it must be true, false, or a list of the entries' names.",
      'retry.attempts is 0; it must be an integer from 1.',
      'retry.delay is Infinity; it must be milliseconds from 0.',
    ],
  ],
  [
    'several faults at once',
    () => dispatching({ expectedVersion: '1', waitTimeout: '5', signal: true, actor: 'ann' }),
    'INVALID_OPTIONS',
    [
      "expectedVersion is '1'; it must be an integer from 0.",
      'signal is true; it must be an AbortSignal.',
      "waitTimeout is '5'; it must be milliseconds from 0, or Infinity.",
      starting("'actor' is not an option."),
    ],
  ],
  [
    'null, of a bus',
    () => new CommandBus().dispatch(new Open('a'), any(null)),
    'INVALID_OPTIONS',
    ['the options are null; they must be an object.'],
  ],
];

const FOLLOWING: readonly Row[] = [
  [
    'a position that is a number',
    () => waiting(flow => flow.waitFor(any(1))),
    'INVALID_OPTIONS',
    ['position is 1; it must be a bigint from 0n.'],
  ],
  [
    'a wait for one projection',
    () => waiting(flow => flow.waitFor(0n, any({ processors: 'list', timout: 1 }))),
    'INVALID_OPTIONS',
    [
      "processors is 'list'; it must be a list of projections and reactors.",
      starting("'timout' is not an option. Did you mean 'timeout'?"),
    ],
  ],
  [
    'a wait for a processor',
    () => waiting(flow => flow.processors.of('list').waitFor(0n, any({ timeout: '5' }))),
    'INVALID_OPTIONS',
    ["timeout is '5'; it must be milliseconds from 0, or Infinity."],
  ],
  [
    'a wait for one projection that would never end',
    () => waiting(flow => flow.processors.of('list').waitFor(0n, { timeout: Number.NaN })),
    'INVALID_OPTIONS',
    ['timeout is NaN; it must be milliseconds from 0, or Infinity.'],
  ],
  [
    'a wait for all projections that would never end',
    () => waiting(flow => flow.processors.waitFor(0n, { timeout: Number.NaN })),
    'INVALID_OPTIONS',
    ['timeout is NaN; it must be milliseconds from 0, or Infinity.'],
  ],
  [
    'a wait for processors',
    () => waiting(flow => flow.processors.waitFor(0n, any(null))),
    'INVALID_OPTIONS',
    ['the options are null; they must be an object.'],
  ],
  [
    'the status of a processor',
    () => waiting(flow => flow.processors.of('list').status(any({ timout: 1 }))),
    'INVALID_OPTIONS',
    [starting("'timout' is not an option. Did you mean 'timeout'?")],
  ],
  [
    'the status of all of them',
    () => waiting(flow => flow.processors.status(any({ timeout: -1 }))),
    'INVALID_OPTIONS',
    ['timeout is -1; it must be milliseconds from 0, or Infinity.'],
  ],
  [
    'the health of a process',
    () => waiting(flow => flow.processors.health(any({ timeout: '1' }))),
    'INVALID_OPTIONS',
    ["timeout is '1'; it must be milliseconds from 0, or Infinity."],
  ],
  [
    'a live query',
    () => waiting(flow => flow.watch(new Open('a'), any({ signals: 1 }))),
    'INVALID_OPTIONS',
    [starting("'signals' is not an option. Did you mean 'signal'?")],
  ],
  [
    'a page of dead letters',
    () => waiting(flow => flow.processors.of('list').deadLetters(any({ sequnce: 'a' }))),
    'INVALID_OPTIONS',
    [starting("'sequnce' is not an option. Did you mean 'sequence'?")],
  ],
  [
    'what is discarded',
    () => waiting(flow => flow.processors.of('list').discard(any({ sequences: 'a' }))),
    'INVALID_OPTIONS',
    [starting("'sequences' is not an option. Did you mean 'sequence'?")],
  ],
  [
    'a query of documents',
    () => waiting(flow => flow.readModel('list').find(any({ were: {}, orderBy: 5 }))),
    'INVALID_DOCUMENT_QUERY',
    [
      'orderBy is 5; it must be a field, or { field, direction }.',
      starting("'were' is not an option. Did you mean 'where'?"),
    ],
  ],
];

refused('dispatch', DISPATCH);
refused('waiting and watching', FOLLOWING);
