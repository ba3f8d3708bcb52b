import {
  Aggregate,
  AggregateRoot,
  bootstrap,
  CommandHandler,
  defineAggregate,
  defineEvent,
  defineProjection,
  defineReactor,
  Event,
  EventBus,
  EventHandler,
  type EventStore,
  Flow,
  InMemoryEventStore,
  Module,
  Projection,
  type ProjectionContext,
  Reactor,
  type RecordedEvent,
} from 'eventuality';
import { NewerEventError } from 'eventuality/errors';
import { defineProcess, ProcessManager, Starts } from 'eventuality/processes';
import { given, testFlow } from 'eventuality/testing';
import { SILENT } from '../../support/logger';
import { PLACES } from '../../support/stores/places';
import { until } from '../../support/waiting';

class Fill {
  constructor(
    readonly id: string,
    readonly litres: number,
  ) {}
}

/** As this version of the application knows it. */
@Event('tank.filled', { version: 2, upcast: { 1: data => data } })
class Filled {
  constructor(readonly litres: number) {}
}

@Aggregate('Tank')
class Tank extends AggregateRoot<Filled> {
  litres = 0;

  @CommandHandler(Fill, { creates: 'if-missing' })
  fill({ litres }: Fill): Filled {
    return new Filled(litres);
  }

  @EventHandler(Filled)
  filled({ litres }: Filled): void {
    this.litres += litres;
  }
}

const newer = { code: 'NEWER_EVENT', eventName: 'tank.filled', stored: 3, known: 2 };
const retry = { attempts: 2, delay: 1, maxDelay: 1 };

/** What a newer version of the application stores: the litres have another name. */
const newerEvent = (aggregateId: string) => ({
  stream: { aggregateName: 'Tank', aggregateId },
  expected: 'any' as const,
  events: [{ name: 'tank.filled', schemaVersion: 3, payload: { amount: { litres: 5 } } }],
});

const moduleOf = (...components: (new (...args: any[]) => object)[]) => {
  @Module({ components })
  class TestModule {}
  return TestModule;
};

describe.each(PLACES)('an event that a newer version of the application has stored, %s,', (_, make) => {
  const place = make();
  let eventStore: EventStore;
  beforeEach(() => {
    eventStore = place.open();
  });
  afterAll(() => place.end());

  test('is refused by an aggregate: loaded, and by a command, which stores nothing; older ones, and others, are not', async () => {
    await eventStore.append([newerEvent('newer')]);
    const older = { name: 'tank.filled', schemaVersion: 1, payload: { litres: 3 } };
    await eventStore.append([
      { stream: { aggregateName: 'Tank', aggregateId: 'older' }, expected: 'any', events: [older] },
    ]);
    const flow = new Flow({ eventStore, aggregates: [Tank] });
    await expect(flow.repository(Tank).load('newer')).rejects.toMatchObject(newer);
    await expect(flow.dispatch(new Fill('newer', 1))).rejects.toBeInstanceOf(NewerEventError);
    expect(await eventStore.read({ aggregateName: 'Tank', aggregateId: 'newer' })).toHaveLength(1);
    await flow.dispatch(new Fill('older', 4));
    expect((await flow.repository(Tank).load('older')).litres).toBe(7);
  });
});

const heard: unknown[] = [];
@Projection('parking', { retry })
class Parking {
  @EventHandler(Filled)
  filled(event: Filled, { documents, event: { aggregateId } }: ProjectionContext): void {
    documents.set(aggregateId, { ...event });
  }
}
@Projection('stopping', { retry, onError: 'stop' })
class Stopping extends Parking {}
@Projection('divided', { segments: 4, sequenceBy: { key: 'tank', of: ({ aggregateId }) => aggregateId } })
class Divided extends Parking {}
@Projection('living', { mode: 'live' })
class Living extends Parking {}
@Projection('inlining', { mode: 'inline' })
class Inlining extends Parking {}
@Reactor('reacting', { retry })
class Reacting {
  @EventHandler(Filled)
  filled(event: Filled): void {
    heard.push(event);
  }
}
@ProcessManager('processing', { correlate: ({ aggregateId }) => aggregateId })
class Processing {
  litres = 0;

  @Starts(Filled)
  filled({ litres }: Filled): void {
    this.litres += litres;
  }
}

/** What newer code makes of the events. */
const amounts = defineEvent<{ amount: { litres: number } }>()('tank.filled', {
  version: 3,
  upcast: { 1: data => data, 2: ({ litres }) => ({ amount: { litres } }) },
});
const newerProjection = (name: string, more: object = {}) =>
  defineProjection<{ amount: number }>({
    ...{ name, ...more },
    on: {
      'tank.filled': ({ amount }, { documents, event: { aggregateId } }) =>
        documents.set(aggregateId, { amount: amount.litres }),
    },
  });

describe.each(PLACES)('an event that a newer version of the application stores, %s,', (_, make) => {
  const place = make();
  afterAll(() => place.end());

  test('is left to newer code by processors, and nothing is parked; those that read at once refuse it', async () => {
    const warned: unknown[] = [];
    const failures: unknown[] = [];
    const eventStore = place.open();
    const flow = await bootstrap(moduleOf(Tank, Parking, Stopping, Divided, Living, Inlining, Reacting, Processing), {
      eventStore,
      logger: { ...SILENT, warn: entry => warned.push(entry) },
      onError: (error, context) => failures.push({ error, ...context }),
    });
    const names = ['parking', 'stopping', 'divided', 'reacting', 'processing'];
    const head = async (): Promise<bigint> =>
      (await eventStore.readAll({ direction: 'backward', limit: 1 }))[0]!.position;
    const states = (of: Flow) => Promise.all(names.map(async name => (await of.processors.of(name).status()).state));
    heard.length = 0;
    await flow.dispatch(new Fill('a', 1));
    await flow.waitFor(await head());
    await expect(flow.eventStore.append([newerEvent('b')])).rejects.toMatchObject({
      code: 'INLINE_PROJECTION',
      cause: newer,
    });
    await eventStore.append([newerEvent('b')]);
    await until(async () => (await states(flow)).every(state => state === 'outdated'), 'all stand by');
    for (const name of names) {
      const { parked, position, lastError } = await flow.processors.of(name).status();
      expect([name, parked, position < (await head())]).toEqual([name, [], true]);
      expect(lastError!.message).toContain("An event 'tank.filled' is stored in version 3");
    }
    await expect(flow.readModel(Living).get('a')).rejects.toMatchObject(newer);
    expect(await flow.readModel(Parking).get('a')).toEqual({ litres: 1 });
    expect(heard).toEqual([new Filled(1)]);
    for (const name of names)
      expect(failures.filter(failure => (failure as { name: string }).name === name)).toEqual([
        expect.objectContaining({ error: expect.objectContaining(newer), position: await head() }),
      ]);

    // A process with newer code takes over from there, and the older one stays aside.
    const other = place.open();
    const newerFlow = new Flow({
      ...{ eventStore: other, logger: SILENT, events: [amounts] },
      processors: [
        newerProjection('parking'),
        newerProjection('stopping', { onError: 'stop' }),
        newerProjection('divided', {
          segments: 4,
          sequenceBy: { key: 'tank', of: (event: RecordedEvent) => event.aggregateId },
        }),
        defineReactor({ name: 'reacting', on: { 'tank.filled': ({ amount }) => void heard.push(amount) } }),
        defineProcess({
          ...{ name: 'processing', state: { litres: 0 }, correlate: ({ aggregateId }) => aggregateId },
          starts: {
            'tank.filled': (state: { litres: number }, { amount }) => {
              state.litres += amount.litres;
            },
          },
        }),
      ],
    });
    try {
      await newerFlow.processors.ready();
      await newerFlow.waitFor(await head(), { processors: names, timeout: 20_000 });
      expect(heard).toEqual([new Filled(1), { litres: 5 }]);
      expect(await newerFlow.readModel('divided').get('b')).toEqual({ amount: 5 });
      expect((await newerFlow.processManagers.of('processing').get('b'))?.state).toEqual({ litres: 5 });
      expect(await states(newerFlow)).toEqual(names.map(() => 'following'));
      expect(await states(flow)).toEqual(names.map(() => 'outdated'));
      expect(warned).toHaveLength([...names, 'inlining'].length);
    } finally {
      await newerFlow.close();
      if (other === eventStore) await flow.close();
    }
    // Without it, the older code goes on behind what only newer code could read.
    if (other === eventStore) return;
    await until(async () => (await states(flow)).every(state => state === 'following'), 'all go on');
    await flow.dispatch(new Fill('a', 2));
    await flow.waitFor(await head(), { processors: names });
    expect(heard).toEqual([new Filled(1), { litres: 5 }, new Filled(2)]);
    await flow.close();
  });
});

describe('an event that a newer version of the application has stored', () => {
  test('is a failure of a listener in the process, by its decorators and of a bus', async () => {
    const failures: unknown[] = [];
    const heard: unknown[] = [];
    class Hearing {
      @EventHandler(Filled)
      filled(event: Filled): void {
        heard.push(event);
      }
    }
    await using app = await testFlow(moduleOf(Hearing), {
      eventBus: new EventBus({ onError: error => failures.push(error), logger: SILENT }),
    });
    app.flow.eventBus.subscribe(Filled, event => heard.push(event));
    await app.flow.eventStore.append([newerEvent('a')]);
    app.flow.eventBus.publish(await app.flow.eventStore.readAll());
    await app.settle();
    expect(failures).toMatchObject([newer, newer]);
    expect(heard).toEqual([]);
  });

  test('is refused in the testing kit', async () => {
    @Event('tank.filled', { version: 3, upcast: { 1: data => data, 2: data => data } })
    class NewFilled {
      readonly amount = { litres: 5 };
    }
    await given(Tank, new Filled(5)).when(new Fill('a', 1)).then(new Filled(1));
    await expect(given(Tank, new NewFilled()).when(new Fill('a', 1)).then(new Filled(1))).rejects.toMatchObject(newer);
  });

  test('is taken by those who handle it by name: they are told its version, and know none of their own', async () => {
    const Log = defineAggregate({
      name: 'Tank',
      state: { versions: [] as number[] },
      on: { 'tank.filled': ({ versions }, { schemaVersion }) => ({ versions: [...versions, schemaVersion] }) },
    });
    const versions = defineProjection<{ schemaVersion: number }>({
      name: 'versions',
      mode: 'live',
      on: {
        'tank.filled': (_, { documents, event: { aggregateId, schemaVersion } }) =>
          documents.set(aggregateId, { schemaVersion }),
      },
    });
    const eventStore = new InMemoryEventStore();
    await eventStore.append([newerEvent('a')]);
    const flow = new Flow({ eventStore, aggregates: [Log], processors: [versions] });
    expect((await flow.repository(Log).load('a')).state).toEqual({ versions: [3] });
    expect(await flow.readModel(versions).get('a')).toEqual({ schemaVersion: 3 });
    await flow.close();
  });
});

test('an inline projection that stands by does not hold up the start of old code', async () => {
  const eventStore = new InMemoryEventStore();
  await eventStore.append([newerEvent('a')]);
  @Projection('inline-tanks', { mode: 'inline' })
  class InlineTanks {
    @EventHandler(Filled)
    filled() {}
  }
  const flow = await bootstrap(moduleOf(InlineTanks), { eventStore, logger: SILENT, onError: () => undefined });
  expect((await flow.processors.of('inline-tanks').status()).state).toBe('outdated');
  await flow.close();
});
