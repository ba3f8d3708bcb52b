import { Command, CommandBus, type CommandMessage, Query, QueryBus } from 'eventuality';

@Command('greet')
class Greet {
  constructor(readonly name: string) {}
}

class Dismiss {}

class Sum extends Query<number> {
  constructor(
    readonly left: number,
    readonly right: number,
  ) {
    super();
  }
}

describe('a command bus alone', () => {
  test('brings a command to its handler and returns what that returns', async () => {
    const bus = new CommandBus<string>();
    bus.register(Greet, ({ name }) => `Hello ${name}`);
    expect(await bus.dispatch(new Greet('Ann'))).toBe('Hello Ann');
    expect(await bus.dispatch({ name: 'greet', message: { name: 'Bob' } })).toBe('Hello Bob');
  });

  test('hands over the envelope: id, metadata, options', async () => {
    const bus = new CommandBus<CommandMessage>();
    bus.register(Greet, (_, message) => message);
    const message = await bus.dispatch(new Greet('Ann'), { commandId: 'c1', metadata: { actor: 'ann' } });
    expect(message).toMatchObject({
      id: 'c1',
      name: 'greet',
      metadata: { correlationId: 'c1', causationId: 'c1', commandName: 'greet', actor: 'ann' },
    });
    expect(Object.isFrozen(message.metadata)).toBe(true);
  });

  test('runs middleware from the first to the last and back', async () => {
    const bus = new CommandBus<string>();
    const path: string[] = [];
    bus.use(async (message, next) => {
      path.push(`outer ${message.name}`);
      const result = await next(message);
      path.push('outer back');
      return `${result}!`;
    });
    bus.use((message, next) => {
      path.push('inner');
      return next(message);
    });
    bus.register(Greet, ({ name }) => `Hello ${name}`);
    expect(await bus.dispatch(new Greet('Ann'))).toBe('Hello Ann!');
    expect(path).toEqual(['outer greet', 'inner', 'outer back']);
  });

  test('lets middleware refuse a command', async () => {
    const bus = new CommandBus();
    let handled = false;
    bus.use(() => Promise.reject(new Error('not allowed')));
    bus.register(Dismiss, () => {
      handled = true;
    });
    await expect(bus.dispatch(new Dismiss())).rejects.toThrow('not allowed');
    expect(handled).toBe(false);
  });

  test('turns a handler that throws into a rejection', async () => {
    const bus = new CommandBus();
    bus.register(Dismiss, () => {
      throw new Error('no');
    });
    await expect(bus.dispatch(new Dismiss())).rejects.toThrow('no');
  });

  test('names the commands that are known, and the nearest', async () => {
    const bus = new CommandBus();
    bus.register(Greet, () => undefined);
    bus.register('farewell', () => undefined);
    const error: Error = await bus.dispatch({ name: 'great', message: {} }).then(
      fail => Promise.reject(fail),
      (failure: Error) => failure,
    );
    expect(error).toMatchObject({ code: 'UNKNOWN_COMMAND', commandName: 'great' });
    expect(error.message).toBe("No handler for the command 'great'. Did you mean 'greet'? Known: farewell, greet.");
  });

  test('refuses a second handler when it is registered', () => {
    const bus = new CommandBus();
    bus.register(Greet, () => undefined);
    expect(() => bus.register('greet', () => undefined)).toThrow(
      expect.objectContaining({ code: 'DUPLICATE_HANDLER', names: ['greet'] }),
    );
  });

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['text', 'greet'],
    ['a list', []],
    ['an object that is no message', { id: 1 }],
    ['an empty name', { name: '', message: {} }],
    ['an object of an anonymous class', new (class {})()],
  ])('refuses %s as a command', async (_, value) => {
    const bus = new CommandBus();
    await expect(bus.dispatch(value as object)).rejects.toMatchObject({ code: 'UNNAMED_MESSAGE' });
  });

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'does not know a command named %s by accident',
    async name => {
      const bus = new CommandBus();
      await expect(bus.dispatch({ name, message: {} })).rejects.toMatchObject({ code: 'UNKNOWN_COMMAND' });
      bus.register(name, () => 'registered');
      expect(await bus.dispatch({ name, message: {} })).toBe('registered');
    },
  );
});

describe('a query bus alone', () => {
  test('answers a query, through middleware', async () => {
    const bus = new QueryBus();
    bus.register(Sum, ({ left, right }) => left + right);
    bus.use(async (message, next) => ((await next(message)) as number) * 10);
    const sum: number = await bus.query(new Sum(1, 2));
    expect(sum).toBe(30);
    expect(await bus.query({ name: 'Sum', message: { left: 2, right: 2 } })).toBe(40);
  });

  test('names the queries that are known', async () => {
    const bus = new QueryBus();
    bus.register(Sum, () => 0);
    await expect(bus.query({ name: 'Some', message: {} })).rejects.toThrow("Did you mean 'Sum'? Known: Sum.");
    expect(() => bus.register(Sum, () => 0)).toThrow(expect.objectContaining({ code: 'DUPLICATE_HANDLER' }));
  });

  test('lets a handler ask further, but not dispatch', async () => {
    const bus = new QueryBus();
    bus.register(Sum, ({ left, right }) => left + right);
    bus.register('Twice', async (_, context) => (await context.query(new Sum(1, 2))) * 2);
    bus.register('Dispatching', (_, context) => context.dispatch(new Greet('Ann')));
    expect(await bus.query({ name: 'Twice', message: {} })).toBe(6);
    await expect(bus.query({ name: 'Dispatching', message: {} })).rejects.toMatchObject({ code: 'NO_FLOW' });
  });
});
