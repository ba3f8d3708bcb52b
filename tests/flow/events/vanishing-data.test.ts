import {
  Aggregate,
  AggregateRoot,
  CommandHandler,
  defineAggregate,
  defineProjection,
  Event,
  EventHandler,
  Flow,
  InMemoryEventStore,
  Repository,
} from 'eventuality';
import { SILENT } from '../../support/logger';
import { PLACES, type Place } from '../../support/stores/places';

class Fill {
  constructor(
    readonly id: string,
    readonly level: number,
  ) {}
}

class Filled {
  readonly #level: number;

  constructor(level: number) {
    this.#level = level;
  }

  get level(): number {
    return this.#level;
  }
}

@Aggregate('Tank')
class Tank extends AggregateRoot<Filled> {
  level = 0;

  @CommandHandler(Fill, { creates: true })
  fill({ level }: Fill) {
    return new Filled(level);
  }

  @EventHandler(Filled)
  filled({ level }: Filled) {
    this.level = level;
  }
}

@Event('kept', { codec: { encode: ({ level }: Kept) => ({ level }), decode: ({ level }) => new Kept(level) } })
class Kept extends Filled {}

const Keeper = defineAggregate({
  name: 'Keeper',
  state: { level: 0 },
  commands: { Keep: { creates: true, decide: (_state, { level }) => new Kept(level) } },
});

const Note = defineAggregate({ name: 'Note', state: {} });

const SECRET = Symbol('secret');

describe.each(PLACES)('%s, data that JSON does not show', (_, make) => {
  let place: Place;
  beforeEach(() => {
    place = make();
  });
  afterEach(() => place.end());

  test('is refused in an event, with its path, and nothing is stored', async () => {
    const store = place.open();
    const flow = new Flow({ eventStore: store, aggregates: [Tank] });
    await expect(flow.dispatch(new Fill('t', 5))).rejects.toMatchObject({
      code: 'UNSTORABLE_VALUE',
      path: 'Filled.#level',
    });
    expect(await store.readAll()).toEqual([]);
    await flow.close();
  });

  test('is stored through a codec', async () => {
    const store = place.open();
    const flow = new Flow({ eventStore: store, aggregates: [Keeper] });
    await flow.dispatch({ name: 'Keep', message: { id: 'k', level: 5 } });
    expect((await store.readAll()).map(({ name, payload }) => [name, { ...payload }])).toEqual([
      ['kept', { level: 5 }],
    ]);
    await flow.close();
  });

  test('is refused in the attributes of an aggregate', async () => {
    const notes = new Repository(Note, place.open());
    const [hidden, unlisted] = [
      Object.assign(new Filled(5), { id: 'a' }),
      Object.defineProperty({}, 'text', { value: 'hello' }),
    ];
    await expect(notes.add(hidden as never)).rejects.toMatchObject({ code: 'UNSTORABLE_VALUE', path: 'Note.#level' });
    await expect(notes.add(unlisted)).rejects.toMatchObject({ code: 'UNSTORABLE_VALUE', path: 'Note.text' });
    await expect(notes.add({ [SECRET]: 1 } as never)).rejects.toMatchObject({
      code: 'UNSTORABLE_VALUE',
      path: 'Note[Symbol(secret)]',
    });
  });

  test('is refused in a document that is written, and in a change of one', async () => {
    const store = place.open();
    const wrong: Readonly<Record<string, object>> = {
      'a class': new Filled(5),
      'a symbol': { [SECRET]: 1 },
      'a field': Object.defineProperty({}, 'text', { value: 'hello' }),
    };
    const List = defineProjection<{ text: string }>({
      name: 'list',
      retry: { attempts: 1 },
      on: {
        Set: (_event, { documents, event }) => documents.set(event.aggregateId, wrong[event.aggregateId] as never),
        Update: async (_event, { documents, event }) => {
          documents.set(event.aggregateId, { text: '' });
          await documents.update(event.aggregateId, wrong[event.aggregateId] as never);
        },
      },
    });
    const flow = new Flow({ eventStore: store, processors: [List], logger: SILENT });
    const ids = Object.keys(wrong);
    for (const name of ['Set', 'Update'])
      for (const id of ids)
        await store.append([
          { stream: { aggregateName: name, aggregateId: id }, expected: 'any', events: [{ name, payload: {} }] },
        ]);
    const [last] = (await store.readAll()).slice(-1);
    await flow.waitFor(last!.position);
    const errors = (await flow.processors.of('list').deadLetters()).map(({ error }) => error);
    for (const path of ["list 'a class'.#level", "list 'a symbol'[Symbol(secret)]", "list 'a field'.text"])
      expect(errors.filter(error => error?.includes(`${path} cannot be stored`))).toHaveLength(2);
    expect((await flow.readModel(List).find()).items).toEqual([]);
    await flow.close();
  });
});

test('is refused in the state that plain aggregates begin with, of which each gets a copy', () => {
  const states: Readonly<Record<string, object>> = {
    'state.filled is an instance of Filled': { filled: new Filled(5) },
    'state is an instance of Filled': new Filled(5),
    'state.list.0.double is a function': { list: [{ double: (x: number) => 2 * x }] },
    'state has the property Symbol(secret)': { [SECRET]: 1 },
    'state.inner has the property text': { inner: Object.defineProperty({}, 'text', { value: 'hello' }) },
    'state.map.1 is an instance of Filled': { map: new Map([['a', new Filled(5)]]) },
  };
  for (const [fault, state] of Object.entries(states))
    expect(() => defineAggregate({ name: 'Wrong', state })).toThrow(`${fault}`);
  const list: unknown[] = [new Date(0), /x/, new Map([['a', new Set([1])]]), new Uint8Array(2), 1n, undefined, null];
  expect(() => defineAggregate({ name: 'Right', state: { list, circle: list } })).not.toThrow();
});

test('is no matter for commands, which are handed to their handler as they are', async () => {
  class Pour extends Filled {
    readonly id = 't';
  }
  const seen: unknown[] = [];
  const flow = new Flow({
    eventStore: new InMemoryEventStore(),
    commandHandlers: { Pour: command => void seen.push(command) },
  });
  const pour = new Pour(5);
  await flow.dispatch(pour);
  expect(seen[0]).toBe(pour);
  expect(Object.isFrozen(pour)).toBe(false);
});
