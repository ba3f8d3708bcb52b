import { defineEvent, Event, eventCatalog, Flow, InMemoryEventStore, type RecordedEvent } from 'eventuality';
import { InvalidEventsError } from 'eventuality/errors';
import { as, EventReader, Upcaster, upcaster } from 'eventuality/upcasting';
import { upcastersOf } from '../../../src/messages';
import { sealEvent as sealed } from '../../../src/model';

const stored = (name: string, schemaVersion: number, payload: object = {}): RecordedEvent =>
  Object.freeze({
    ...{ id: 'e-1', name, schemaVersion, payload: Object.freeze(payload), aggregateName: 'Account', aggregateId: 'a' },
    ...{ version: 3, position: 7n, recordedAt: '2020-01-02T03:04:05.000Z' },
    metadata: { correlationId: 'c', causationId: 'c', commandName: 'Do' },
  });

const opened = defineEvent('account.opened', {
  version: 3,
  upcast: {
    1: ({ owner }) => ({ owner: { name: owner } }),
    2: (data, { recordedAt, aggregateId }) => ({ ...data, since: recordedAt, id: aggregateId }),
  },
});
const paid = defineEvent('account.paid', { version: 2, upcast: { 1: ({ sum }) => ({ cents: sum * 100 }) } });
const noted = defineEvent('account.noted');

const faultsOf = (make: () => unknown): readonly string[] => {
  try {
    make();
  } catch (error) {
    if (error instanceof InvalidEventsError) return error.faults;
    throw error;
  }
  return [];
};

describe('a reader of stored events', () => {
  const reader = new EventReader({
    events: [opened, paid, noted],
    upcasters: [
      upcaster('account.created', { from: 1, to: opened }, data => as(opened, 1, data)),
      upcaster('account.settled', { from: 1, to: [paid, noted] }, ({ sums, why }) => [
        ...sums.map((sum: number) => as(paid, 1, { sum })),
        as(noted, 1, { why }),
      ]),
      upcaster('account.clicked', { from: 1, to: [] }, () => []),
    ],
  });

  test('returns an event of the current version, and one of a name that it does not know, as it is', () => {
    for (const event of [stored('account.noted', 1), stored('account.paid', 2), stored('unknown', 9)])
      expect(reader.read(event)).toBe(event);
  });

  test('follows the steps of an event, with its envelope, and leaves the stored one as it is', () => {
    const event = stored('account.opened', 1, { owner: 'Ann' });
    const read = reader.read(event);
    expect(read).toEqual({
      ...event,
      schemaVersion: 3,
      payload: { owner: { name: 'Ann' }, since: '2020-01-02T03:04:05.000Z', id: 'a' },
    });
    const { payload } = read as RecordedEvent<{ owner: object }>;
    expect([Object.isFrozen(read), Object.isFrozen(payload), Object.isFrozen(payload.owner)]).toEqual([
      true,
      true,
      true,
    ]);
    expect(event.payload).toEqual({ owner: 'Ann' });
  });

  test('renames an event, and goes on in the steps of the one it leads to', () => {
    expect(reader.read(stored('account.created', 1, { owner: 'Ann' }))).toMatchObject({
      ...{ name: 'account.opened', schemaVersion: 3, payload: { owner: { name: 'Ann' } } },
    });
  });

  test('splits an event into parts with its id, version and position, in order', () => {
    expect(reader.read(stored('account.settled', 1, { sums: [1, 2], why: 'rent' }))).toMatchObject(
      [
        { name: 'account.paid', schemaVersion: 2, payload: { cents: 100 }, part: 1 },
        { name: 'account.paid', schemaVersion: 2, payload: { cents: 200 }, part: 2 },
        { name: 'account.noted', schemaVersion: 1, payload: { why: 'rent' }, part: 3 },
      ].map(part => ({ ...part, parts: 3, id: 'e-1', version: 3, position: 7n })),
    );
  });

  test('drops an event', () => {
    expect(reader.read(stored('account.clicked', 1))).toEqual([]);
  });

  test('knows under which names an event may be stored', () => {
    expect([...reader.storedNames(['account.noted'])]).toEqual(['account.noted', 'account.settled']);
    expect([...reader.storedNames(['account.opened'])]).toEqual(['account.opened', 'account.created']);
    expect([...reader.storedNames(['other'])]).toEqual(['other']);
  });

  test('refuses versions above the current one, and of an upcaster versions that it does not take', () => {
    expect(() => reader.read(stored('account.paid', 3))).toThrow(
      expect.objectContaining({ code: 'NEWER_EVENT', eventName: 'account.paid', stored: 3, known: 2 }),
    );
    const event = stored('account.clicked', 2);
    expect(reader.read(event)).toBe(event);
  });

  test('says how it reads: that changes with versions and upcasters, and not with what is read as it is', () => {
    const names = ['account.opened', 'account.noted'];
    expect(reader.fingerprint(names)).toBe(
      'account.created@0 1>account.opened, account.opened@3, account.settled@0 1>account.paid+account.noted',
    );
    expect(new EventReader({ events: [noted] }).fingerprint(['account.noted'])).toBe('');
  });
});

describe('an event whose own version is taken by an upcaster', () => {
  const moved = defineEvent('moved', { version: 3, upcast: { 1: data => ({ ...data, two: true }), 2: 'upcaster' } });
  const split = upcaster('moved', { from: 2, to: [moved, noted] }, data => [
    as(moved, 3, { ...data, three: true }),
    as(noted, 1, {}),
  ]);

  test('goes through it on its way', () => {
    const reader = new EventReader({ events: [moved], upcasters: [split] });
    expect(reader.read(stored('moved', 1, { one: true }))).toMatchObject([
      { name: 'moved', schemaVersion: 3, payload: { one: true, two: true, three: true }, part: 1, parts: 2 },
      { name: 'account.noted', part: 2, parts: 2 },
    ]);
  });

  test('is incomplete without it', () => {
    expect(faultsOf(() => new EventReader({ events: [moved] }))).toEqual([
      expect.stringMatching(/^'moved' has version 3, and nothing leads on from version 2\. Add upcast: \{ 2: /),
    ]);
  });
});

describe('what does not fit together is refused, all of it at once:', () => {
  const to = (name: string, from: number, target: any, ...more: any[]) =>
    upcaster(name, { from, to: [target, ...more] }, () => []);
  const [a, b] = [defineEvent('a'), defineEvent('b')];

  test.each<[string, () => unknown, readonly RegExp[]]>([
    [
      'two upcasters for one version, and one beside a step',
      () => new EventReader({ events: [paid], upcasters: [to('x', 1, a), to('x', 1, b), to('account.paid', 1, a)] }),
      [
        /both take version 1 of 'x'\. Keep one/,
        /takes version 1 of 'account\.paid', and the event has a step from there/,
      ],
    ],
    [
      'an upcaster from the current version, and from one above it',
      () => new EventReader({ events: [paid], upcasters: [to('account.paid', 2, a), to('account.paid', 5, b)] }),
      [/version 2 of 'account\.paid', which is the current version/, /version 5 .* above the current version 2/],
    ],
    [
      'circles, each once',
      () => new EventReader({ upcasters: [to('a', 2, b), to('b', 2, a), to('c', 1, defineEvent('c'))] }),
      [
        /version 2 of 'a', which is above/,
        /version 2 of 'b'/,
        /version 1 of 'c', which is the/,
        /circle: 'a' -> 'b' -> 'a'/,
      ],
    ],
    [
      'what is no event, and no upcaster',
      () => new EventReader({ events: [7 as never], upcasters: [{} as never] }),
      [/^upcasters\[0\] is/, /^events\[0\] is 7; give the class of an event/],
    ],
  ])('%s', (_, make, patterns) => {
    const faults = faultsOf(make);
    expect(faults).toHaveLength(patterns.length);
    for (const [index, pattern] of patterns.entries()) expect(faults[index]).toMatch(pattern);
  });

  test('events of one name, whatever says so', () => {
    @Event('twice')
    class First {}
    @Event('twice')
    class Second {}
    const third = defineEvent('twice');
    const events = [First, Second, First, third];
    const upcasters = [upcaster('old', { from: 1, to: [First, third] }, () => [])];
    const fault = /^'twice' is the name of two events: the class First and (the class Second|one that defineEvent re)/;
    expect(faultsOf(() => new EventReader({ events, upcasters }))).toEqual(
      [1, 2, 3].map(() => expect.stringMatching(fault)),
    );
    const flow = () => new Flow({ eventStore: new InMemoryEventStore(), events: [First, Second] });
    expect(flow).toThrow(/'twice' is the name of two events/);
    expect(() => eventCatalog({ events: [First, third] })).not.toThrow();
    expect(eventCatalog({ events: [First, third] }).faults).toEqual([expect.stringMatching(fault)]);
  });

  test.each<[string, unknown, readonly RegExp[]]>([
    [
      'lists that are none',
      { events: 5, upcasters: 'abc' },
      [/^events is 5; it must be a list/, /^upcasters is 'abc'/],
    ],
    ['no parts', null, [/^the options are null; they must be an object/]],
    ['other parts', { event: [] }, [/^'event' is not an option/]],
  ])('%s', (_, parts, patterns) => {
    expect(faultsOf(() => new EventReader(parts as never))).toEqual(patterns.map(each => expect.stringMatching(each)));
  });

  test.each<[string, () => unknown, RegExp]>([
    [
      'a class with steps back that are missing',
      () => Event('x', { version: 2, upcast: { 1: d => d }, writes: 1 }),
      /writes is 1, and downcast has no step from version 2/,
    ],
    [
      'a step from the current version',
      () => defineEvent('x', { version: 1, upcast: { 1: (data: object) => data } } as never),
      /upcast\.1 is a step from version 1/,
    ],
    [
      'a step that is none',
      () => Event('x', { version: 2, upcast: { 1: 7 as never } }),
      /upcast\.1 is 7; it must be a function/,
    ],
    [
      'a version that is none',
      () => Event('x', { version: 2 as number, upcast: { zero: () => ({}) } as never }),
      /a step from 'zero'/,
    ],
    [
      'a written version above the current one',
      () => defineEvent('x', { writes: 2 }),
      /writes is 2, and the current version is 1/,
    ],
    [
      'a written version without its steps back, and a step back too many',
      () =>
        defineEvent('x', {
          version: 3,
          upcast: { 1: d => d, 2: d => d },
          writes: 1,
          downcast: { 3: d => d, 1: d => d },
        }),
      /downcast has no step from version 2\.[\s\S]*downcast\.1 is never used/,
    ],
    [
      'an upcaster of nothing',
      () => upcaster('', { from: 0, to: undefined as never }, undefined as never),
      /the name is ''[\s\S]*from is 0[\s\S]*to is undefined[\s\S]*upcast is undefined/,
    ],
    [
      'an upcaster to what is no event',
      () => upcaster('x', { from: 1, to: [{} as never] }, () => []),
      /to\[0\] is an object/,
    ],
    ['a piece of nothing', () => as(7 as never, 1, {}), /type is 7; give the class of an event/],
    [
      'a piece of a version that there is not',
      () => as(paid, 3, {}),
      /version is 3; 'account\.paid' has the versions 1 to 2/,
    ],
    ['a piece without data', () => as(paid, 1, [] as never), /data is an array/],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(message);
  });

  test('classes of upcasters with static methods, with parameters, or without any', () => {
    class Wrong {
      constructor(readonly parameter: string) {}

      @Upcaster('x', { from: 0, to: [] })
      wrong() {
        return [];
      }

      @Upcaster('y', { from: 1, to: [] })
      static fixed() {
        return [];
      }
    }
    class Empty {}
    class Failing {
      constructor() {
        throw new Error('no way.');
      }

      @Upcaster('z', { from: 1, to: [] })
      dropped() {
        return [];
      }
    }
    const faults: string[] = [];
    expect([...upcastersOf(Wrong, faults), ...upcastersOf(Empty, faults), ...upcastersOf(Failing, faults)]).toEqual([]);
    expect(faults).toEqual([
      expect.stringContaining("Wrong.wrong, @Upcaster('x'): from is 0"),
      'Wrong.fixed is static; upcasters are methods of the instance.',
      expect.stringContaining('Wrong has parameters in its constructor'),
      'Empty has no method with @Upcaster.',
      'The constructor of Failing, which has upcasters, has thrown an error: no way.',
    ]);
  });
});

describe('a step that goes wrong is named, with its event and version:', () => {
  const through = (step: (data: any) => any) => () =>
    new EventReader({ events: [defineEvent('x', { version: 2, upcast: { 1: step } })] }).read(stored('x', 1));
  const circular = () => {
    const data: Record<string, unknown> = {};
    data.self = data;
    return data;
  };
  const throwing = () => ({
    get at(): never {
      throw new Error('not now.');
    },
  });
  const by = (pieces: any) => () =>
    new EventReader({ upcasters: [upcaster('y', { from: 1, to: [noted] }, () => pieces)] }).read(stored('y', 1));

  test.each<[string, () => unknown, RegExp]>([
    [
      'it throws',
      through(() => JSON.parse('{')),
      /^The step from version 1 of the event 'x' has thrown an error: Expected property name.*\.$/,
    ],
    ['it returns a promise', through(async () => ({})), /returned a promise; it must be synchronous/],
    ['it returns nothing', through(() => undefined), /returned undefined; it must return the data of the next version/],
    ['it returns what contains itself', through(circular), /led to what no event can have: .*self.* circular/],
    [
      'it returns what contains itself deep inside',
      through(data => ({ ...data, a: [circular()] })),
      /led to what no event can have: .*a\[0\]\.self.*circular/,
    ],
    ['a getter of what it returns throws', through(throwing), /led to what no event can have: not now\.$/],
    [
      'a getter inside of what it returns throws',
      through(() => ({ a: throwing() })),
      /led to what no event can have: not now\.$/,
    ],
    [
      'it returns a date',
      through(() => ({ at: new Date(0) })),
      /what it returned\.at cannot be stored: it is an instance of Date/,
    ],
    [
      'it returns a function',
      through(() => ({ at: () => 1 })),
      /what it returned\.at cannot be stored: it is a function/,
    ],
    [
      'it returns a bigint',
      through(() => ({ at: [1n] })),
      /what it returned\.at\[0\] cannot be stored: it is a bigint/,
    ],
    ['it returns NaN', through(() => ({ at: Number('x') })), /what it returned\.at cannot be stored: it is NaN/],
    ['it returns an infinity', through(() => ({ at: [1 / 0] })), /returned\.at\[0\] cannot be stored: it is Infinity/],
    ['it returns a symbol', through(() => ({ at: Symbol('x') })), /returned\.at cannot be stored: it is a symbol/],
    [
      'what it returns throws when it is looked at',
      through(
        () =>
          new Proxy(
            {},
            {
              getPrototypeOf: () => {
                throw new Error('not now');
              },
            },
          ),
      ),
      /has thrown an error: not now\.$/,
    ],
    ['an upcaster leads to such data', by(as(noted, 1, circular())), /'y' led to what no event can have: .*circular/],
    ['an upcaster returns what is no piece', by({ name: 'z' }), /returned an object.*; it must return what 'as' makes/],
    ['an upcaster leads elsewhere', by(as(paid, 1, { sum: 1 })), /led to 'account\.paid', which is not among its 'to'/],
  ])('%s', (_, read, message) => {
    expect(read).toThrow(expect.objectContaining({ code: 'UPCAST_FAILED', message: expect.stringMatching(message) }));
  });

  test('so is a step back to the version that is written', () => {
    const back = (step: (data: any) => any) => () =>
      sealed(
        'a test',
        defineEvent('x', { version: 2, upcast: { 1: d => d }, writes: 1, downcast: { 2: step } })('1', {}),
      );
    for (const [step, message] of [
      [() => JSON.parse('{'), /^The step from version 2 of the event 'x' has thrown an error: Expected/],
      [circular, /^The step from version 2 of the event 'x' led to what no event can have: .*circular/],
      [throwing, /led to what no event can have: not now\.$/],
      [() => 7, /returned 7; it must return the data of the version before/],
    ] as const)
      expect(back(step)).toThrow(
        expect.objectContaining({ code: 'UPCAST_FAILED', message: expect.stringMatching(message) }),
      );
  });

  test('an upcaster leads back', () => {
    const again = defineEvent('again', { version: 2, upcast: { 1: 'upcaster' } });
    const reader = new EventReader({
      upcasters: [upcaster('again', { from: 1, to: again }, () => as(again, 1, {}))],
    });
    expect(() => reader.read(stored('again', 1))).toThrow(/led back to its version 1/);
  });
});
