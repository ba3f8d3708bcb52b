import { EventBus, EventualityError, Flow, InMemoryEventStore } from '../../../src';
import { UnknownCommandError } from '../../../src/errors';
import { SILENT } from '../../support/logger';
import { leastRatio, timed } from '../../support/ratios';

const KNOWN = Object.fromEntries(
  Array.from({ length: 50 }, (_, index) => [`${'Complete'.repeat(4)}Todo${index}`, () => undefined]),
);
const aFlow = (): Flow =>
  new Flow({ eventStore: new InMemoryEventStore(), commandHandlers: KNOWN, queryHandlers: KNOWN, logger: SILENT });

async function refusal(call: () => Promise<unknown>): Promise<Error> {
  try {
    await call();
  } catch (error) {
    return error as Error;
  }
  throw new Error('it was not refused');
}

async function dispatchAll(flow: Flow, names: readonly string[]): Promise<void> {
  for (const name of names) await refusal(() => flow.dispatch({ name, message: {} }));
}

describe('an unknown name', () => {
  it('of a megabyte costs no more than five times as much as one of 60 characters', async () => {
    const flow = aFlow();
    const names = (length: number): string[] =>
      Array.from({ length: 30 }, (_, index) => `${index}${'x'.repeat(length)}`);
    const [short, long] = [names(60), names(1_000_000)];
    await dispatchAll(flow, short);
    const ratio = async (): Promise<number> => {
      const ofShort = await timed(() => dispatchAll(flow, short));
      return (await timed(() => dispatchAll(flow, long))) / ofShort;
    };
    expect(await leastRatio(5, ratio)).toBeLessThan(5);
    await flow.close();
  });

  it.each([
    ['a command', (flow: Flow, name: string) => flow.dispatch({ name, message: {} })],
    ['a query', (flow: Flow, name: string) => flow.query({ name, message: {} })],
    ['a projection', (flow: Flow, name: string) => flow.waitFor(1n, { processors: [name] })],
    ['a read model', async (flow: Flow, name: string) => flow.readModel(name)],
  ])('is cut and escaped in the message, as the name of %s', async (_, ask) => {
    const flow = aFlow();
    const error = await refusal(() => ask(flow, `\u001b[31m\n\u202e${'x'.repeat(1_000_000)}`));
    expect(EventualityError.is(error)).toBe(true);
    expect(error.message).toContain('\\u001b[31m\\n\\u202exxx');
    expect(error.message.length).toBeLessThan(2500);
    expect(error.stack!.length).toBeLessThan(10_000);
    await flow.close();
  });

  it('is in the error as it was given', async () => {
    const flow = aFlow();
    const name = 'x'.repeat(1000);
    expect(((await refusal(() => flow.dispatch({ name, message: {} }))) as UnknownCommandError).commandName).toBe(name);
    await flow.close();
  });

  it('of a command that comes too late is cut, too', async () => {
    const flow = aFlow();
    await flow.close();
    const { message } = await refusal(() => flow.dispatch({ name: 'x'.repeat(1_000_000), message: {} }));
    expect(message).toContain("xxx… (1,000,000 characters)' arrived after the flow was closed.");
    expect(message.length).toBeLessThan(300);
  });
});

describe('a value that cannot be turned into text', () => {
  const throwing = (): never => {
    throw new Error('no text');
  };
  const hostile = { toString: throwing, toJSON: throwing, [Symbol.toPrimitive]: throwing };

  it.each<[string, () => unknown]>([
    ['a listener', () => new EventBus().subscribe('Done', hostile as never)],
    [
      'a command handler',
      () => new Flow({ eventStore: new InMemoryEventStore(), commandHandlers: { Do: hostile as never } }),
    ],
    ['a page', () => new InMemoryEventStore().readAll({ limit: hostile as never })],
    [
      'an append',
      () => new InMemoryEventStore().append([{ stream: hostile, expected: hostile, events: [hostile] }] as never),
    ],
    ['an event to restore', () => new InMemoryEventStore().restore([{ id: hostile } as never])],
    ['an id to load', () => new Flow({ eventStore: new InMemoryEventStore() }).dispatch(hostile)],
  ])('is refused as what it is, given as %s', async (_, give) => {
    const error = await refusal(async () => give());
    expect([error.message, EventualityError.is(error)]).toEqual([expect.not.stringContaining('no text'), true]);
  });
});
