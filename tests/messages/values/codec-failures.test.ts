import {
  Aggregate,
  AggregateRoot,
  bootstrap,
  Command,
  CommandHandler,
  Event,
  EventHandler,
  InMemoryEventStore,
  Module,
  Projection,
  type ProjectionContext,
} from 'eventuality';
import { CodecFailedError, InvalidValueError } from 'eventuality/errors';
import { type ProcessContext, ProcessManager, Starts, send } from 'eventuality/processes';
import { type Codecs, dateCodec, mapCodec, setCodec, type ValueCodec } from 'eventuality/values';
import { eventTypeOf } from '../../../src/messages';
import { SILENT } from '../../support/logger';
import { until } from '../../support/waiting';

const NO_WAY = new Error('no way.');
const taken = new Set(['good']);
const only = (value: string): string => {
  if (taken.has(value)) return value;
  throw NO_WAY;
};
/** Takes 'good' only, in both directions. */
const picky: ValueCodec<string, string> = { encode: only, decode: only };

const thrownBy = (call: () => unknown): unknown => {
  try {
    return call();
  } catch (error) {
    return error;
  }
};

const typeWith = (options: object) => {
  @Event('order.placed', options)
  class Placed {
    constructor(fields: object) {
      Object.assign(this, fields);
    }
  }
  return { type: eventTypeOf(Placed), Placed };
};

describe('a codec that fails in an event: the event, the path and the cause', () => {
  test.each<[string, Codecs, object, object, string]>([
    ['a field', { total: picky }, { total: 'bad' }, { total: 'bad' }, 'total'],
    ['a nested field', { a: { b: picky } }, { a: { b: 'bad' } }, { a: { b: 'bad' } }, 'a.b'],
    [
      'a field in a list',
      { lines: [{ price: picky }] },
      { lines: [{ price: 'good' }, null, { price: 'bad' }] },
      { lines: [{ price: 'good' }, null, { price: 'bad' }] },
      'lines[2].price',
    ],
    ['a list in a list', { tags: [[picky]] }, { tags: [[], ['bad']] }, { tags: [[], ['bad']] }, 'tags[1][0]'],
    [
      'a value of a map',
      { prices: mapCodec({ value: picky }) },
      { prices: new Map([['apple', 'bad']]) },
      { prices: [['apple', 'bad']] },
      "prices['apple']",
    ],
    ['a key of a map', { of: mapCodec({ key: picky }) }, { of: new Map([['x', 1]]) }, { of: [['x', 1]] }, "of['x']"],
    ['an item of a set', { of: setCodec(picky) }, { of: new Set(['good', 'x']) }, { of: ['good', 'x'] }, 'of[1]'],
  ])('in %s', (_, codecs, value, stored, path) => {
    const { type, Placed } = typeWith({ codecs });
    const encode = thrownBy(() => type.seal(new Placed(value)));
    const decode = thrownBy(() => type.instanceOf(stored));
    expect(encode).toBeInstanceOf(CodecFailedError);
    expect(encode).toMatchObject({ code: 'CODEC_FAILED', of: "the event 'order.placed'", path, failed: 'encode' });
    expect(encode).toMatchObject({
      cause: NO_WAY,
      message: `The event 'order.placed' cannot be stored: the codec of '${path}' failed: no way.`,
    });
    expect(decode).toBeInstanceOf(CodecFailedError);
    expect(decode).toMatchObject({ of: "the event 'order.placed'", path, failed: 'decode', cause: NO_WAY });
    expect((decode as Error).message).toMatch(/^The event 'order\.placed' cannot be read: the codec of /);
  });

  test('in the codec of the whole event, which must also return an object', () => {
    const { type, Placed } = typeWith({ codec: { encode: picky.encode, decode: picky.decode } });
    for (const [call, done] of [
      [() => type.seal(new Placed({})), 'stored'],
      [() => type.instanceOf({}), 'read'],
    ] as const)
      expect(thrownBy(call)).toMatchObject({
        ...{ code: 'CODEC_FAILED', path: '', cause: NO_WAY },
        message: `The event 'order.placed' cannot be ${done}: its codec failed: no way.`,
      });
    const empty = typeWith({ codec: { encode: () => undefined, decode: () => 5 } });
    expect(thrownBy(() => empty.type.seal(new empty.Placed({})))).toMatchObject({ code: 'CODEC_FAILED' });
    expect(thrownBy(() => empty.type.instanceOf({}))).toMatchObject({
      message: "The event 'order.placed' cannot be read: its codec failed: decode returned 5; it must be an object.",
    });
  });

  test('in what is stored of a list or a nested object, and is none', () => {
    const { type } = typeWith({ codecs: { lines: [{ at: dateCodec }], of: { at: dateCodec } } });
    for (const [stored, path] of [
      [{ lines: 'abc' }, 'lines'],
      [{ lines: ['abc'] }, 'lines[0]'],
      [{ of: 'abc' }, 'of'],
      [{ of: [] }, 'of'],
    ] as const)
      expect(thrownBy(() => type.instanceOf(stored))).toMatchObject({ path, cause: expect.any(InvalidValueError) });
  });

  test('whatever it throws: nothing, a text, an error without a text', () => {
    for (const thrown of [undefined, 'text', Object.create(null), new Error('')]) {
      const { type, Placed } = typeWith({
        codecs: {
          a: {
            ...picky,
            encode: () => {
              throw thrown;
            },
          },
        },
      });
      expect(thrownBy(() => type.seal(new Placed({ a: 1 })))).toMatchObject({
        ...{ code: 'CODEC_FAILED', path: 'a', cause: thrown },
        message: expect.stringMatching(/the codec of 'a' failed: .+\.$/),
      });
    }
  });
});

@Event('order.opened')
class Opened {
  constructor(readonly total: string) {}
}
class Open {
  constructor(
    readonly id: string,
    readonly total: string,
  ) {}
}
@Command('order.thank', { codecs: { total: picky } })
class Thank {
  constructor(
    readonly id: string,
    readonly total: string,
  ) {}
}
@Aggregate('Order', { snapshot: { every: 1, codecs: { total: picky } } })
class Order extends AggregateRoot<Opened> {
  total = 'good';
  @CommandHandler(Open, { creates: true }) open({ total }: Open) {
    return new Opened(total);
  }
  @CommandHandler(Thank) thank() {
    return [];
  }
  @EventHandler(Opened) opened({ total }: Opened) {
    this.total = total;
  }
}
@Projection('orders', { codecs: { total: picky } })
class Orders {
  @EventHandler(Opened)
  opened({ total }: Opened, { documents, event }: ProjectionContext<{ total: string }>) {
    documents.set(event.aggregateId, { total });
  }
}
@ProcessManager('thanking', { correlate: ({ aggregateId }) => aggregateId })
class Thanking {
  @Starts(Opened) opened({ total }: Opened, { instance }: ProcessContext) {
    return send(new Thank(instance, total));
  }
}
@ProcessManager('keeping', { correlate: ({ aggregateId }) => aggregateId, codecs: { total: picky } })
class Keeping {
  total = 'good';
  @Starts(Opened) opened({ total }: Opened) {
    this.total = total;
  }
}
@Module({ components: [Order, Orders, Thanking, Keeping] })
class AppModule {}

test('a codec that fails in a document, a command, a state or a snapshot says in which', async () => {
  const failures: { kind: string; name: string; error: unknown }[] = [];
  const flow = await bootstrap(AppModule, {
    ...{ eventStore: new InMemoryEventStore(), scheduling: true, logger: SILENT },
    onError: (error, { kind, name }) => failures.push({ kind, name, error }),
  });
  await flow.dispatch(new Open('1', 'bad'));
  await until(() => failures.length >= 4);
  await flow.repository(Order).drain();
  const messages = new Map(failures.map(({ kind, name, error }) => [`${kind} ${name}`, error]));
  const failed = (what: string) => `The ${what} cannot be stored: the codec of 'total' failed: no way.`;
  expect(messages.get('projection orders')).toMatchObject({
    ...{ code: 'CODEC_FAILED', of: "the document of 'orders'", path: 'total', cause: NO_WAY },
    message: failed("document of 'orders'"),
  });
  expect(messages.get('process thanking')).toMatchObject({
    message: expect.stringContaining(failed("command 'order.thank'")),
  });
  expect(messages.get('process keeping')).toMatchObject({ message: failed("state of 'keeping'") });
  expect(messages.get('snapshot Order')).toMatchObject({
    code: 'SNAPSHOT_REFUSED',
    message: expect.stringContaining(failed("state of 'Order'")),
  });
  await expect(flow.schedule(new Thank('1', 'bad'), { in: 0 })).rejects.toMatchObject({
    message: failed("command 'order.thank'"),
  });
  await flow.dispatch(new Open('2', 'good'));
  await flow.processors.settled();
  taken.delete('good');
  await expect(flow.readModel(Orders).get('2')).rejects.toMatchObject({
    message: "The document of 'orders' cannot be read: the codec of 'total' failed: no way.",
  });
  taken.add('good');
  await flow.close();
});
