import { defineProjection, Flow, InMemoryEventStore } from 'eventuality';
import { PLACES, type Place } from '../support/stores/places';

const items = defineProjection<{ n: number }>({
  name: 'items',
  mode: 'live',
  on: {
    Counted({ n }: { n: number }, { documents, event }) {
      documents.set(event.aggregateId, { n });
    },
  },
});

const running: Flow[] = [];
const places: Place[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map(flow => flow.close()));
  await Promise.all(places.splice(0).map(place => place.end()));
});

class Ask {}

/** A flow with one query; it gets the numbers of what was counted, in order. */
function start(
  answer: (numbers: readonly number[]) => unknown,
  eventStore = new InMemoryEventStore() as Flow['eventStore'],
) {
  const ask = async () => {
    const numbers: number[] = [];
    for await (const { n } of flow.readModel<{ n: number }>('items').all()) numbers.push(n);
    return answer(numbers);
  };
  const flow: Flow = new Flow({ eventStore, processors: [items], queryHandlers: { Ask: ask } });
  running.push(flow);
  let counted = 0;
  const count = async (n: number) => {
    const stream = { aggregateName: 'Counter', aggregateId: `${++counted}` };
    await eventStore.append([{ stream, expected: 'any', events: [{ name: 'Counted', payload: { n } }] }]);
  };
  return { flow, count };
}

const begin = (flow: Flow, signal?: AbortSignal): AsyncIterator<any> =>
  (flow.watch(new Ask(), signal ? { signal } : {}) as AsyncIterable<any>)[Symbol.asyncIterator]();
const end = { done: true, value: undefined };

describe('a changed result is given', () => {
  class Hidden {
    readonly #numbers: readonly number[];
    constructor(numbers: readonly number[]) {
      this.#numbers = numbers;
    }
    get numbers() {
      return this.#numbers;
    }
  }
  class Later extends Hidden {}
  const kept: number[] = [];
  const keptMap = new Map<string, { numbers: readonly number[] }>();
  const keptDate = new Date(0);

  const answers: Readonly<Record<string, (numbers: readonly number[]) => unknown>> = {
    'that is a list of the handler, changed': numbers => {
      kept.splice(0, kept.length, ...numbers);
      return kept;
    },
    'that holds an object of the handler, changed': numbers =>
      keptMap.set('all', Object.assign(keptMap.get('all') ?? {}, { numbers })),
    'that is a date of the handler, changed': numbers => {
      keptDate.setTime(numbers.length);
      return { at: keptDate };
    },
    'that differs in bytes only': numbers => ({ bytes: Buffer.from(numbers) }),
    'that differs in private fields only': numbers => [new Hidden(numbers)],
    'that differs in private fields of a parent only': numbers => ({ deep: new Set([new Later(numbers)]) }),
    'that differs in what a function closes over only': numbers => ({ numbers: () => numbers }),
    'that differs in what a promise holds only': numbers => ({ numbers: Promise.resolve(numbers) }),
    'that differs behind an accessor only': numbers =>
      Object.defineProperty({}, 'numbers', { get: () => numbers, enumerable: true }),
  };

  test.each(Object.entries(answers))('%s', async (_, answer) => {
    const { flow, count } = start(answer);
    const watch = begin(flow);
    await watch.next();
    for (const n of [1, 2]) {
      const next = watch.next();
      await count(n);
      expect(await next).toMatchObject({ done: false });
    }
  });
});

describe('a result that did not change is not repeated', () => {
  class Point {
    constructor(readonly x: number) {}
  }
  class List extends Array<number> {}
  const circle = (): object => {
    const circle: { self?: object } = {};
    circle.self = circle;
    return circle;
  };
  const odd: Readonly<Record<string, () => unknown>> = {
    undefined: () => undefined,
    'a circle': circle,
    'instances of classes': () => ({
      points: [new Point(1)],
      list: List.from([1, 2]),
      at: new Date(5),
      none: Object.create(null),
    }),
    'maps and sets': () => new Map([['a', new Set([{ n: 1n }, null, Number.NaN])]]),
  };

  test.each(Object.entries(odd))('%s', async (_, part) => {
    const { flow, count } = start(numbers => ({ last: numbers.includes(9), part: part() }));
    const watch = begin(flow);
    expect((await watch.next()).value.last).toBe(false);
    const next = watch.next();
    await count(1);
    await count(2);
    await count(9);
    expect((await next).value.last).toBe(true);
  });

  test('also where the reader has changed what it was given', async () => {
    const { flow, count } = start(numbers => [...new Set([1, 2, 3, ...numbers])]);
    const watch = begin(flow);
    const { value } = await watch.next();
    value.reverse();
    const next = watch.next();
    await count(1);
    await count(9);
    expect((await next).value).toEqual([1, 2, 3, 9]);
  });
});

describe('while its query runs a live query ends at once', () => {
  const ways: Readonly<
    Record<string, (watch: AsyncIterator<unknown>, ending: AbortController, flow: Flow) => unknown>
  > = {
    'when the signal is aborted': (_, ending) => ending.abort(),
    'when it is left': watch => watch.return!(),
    'when the flow is closed': (_watch, _ending, flow) => flow.close(),
  };

  test.each(Object.entries(ways))('%s', async (_, way) => {
    let asked = () => {};
    const begun = new Promise<void>(resolve => (asked = resolve));
    const answers: ((error?: unknown) => void)[] = [];
    const { flow } = start(() => {
      asked();
      return new Promise((_resolve, reject) => answers.push(reject));
    });
    const ending = new AbortController();
    const watch = begin(flow, ending.signal);
    const [first, second] = [watch.next(), watch.next()];
    await begun;
    const ended = way(watch, ending, flow);
    expect([await first, await second, await watch.next()]).toEqual([end, end, end]);
    // What becomes of the query then concerns no reader; an error that nothing handles would fail the test.
    for (const fail of answers) fail(new Error('too late'));
    await ended;
  });
});

describe.each(PLACES)('%s', (_, make) => {
  test('a live query that is begun before the flow is closed, and read first after it, ends', async () => {
    const place = make();
    places.push(place);
    const { flow } = start(numbers => numbers, place.open());
    const [early, late] = [begin(flow), begin(flow)];
    const closing = flow.close();
    expect(await early.next()).toEqual(end);
    await closing;
    expect(await late.next()).toEqual(end);
  });
});
