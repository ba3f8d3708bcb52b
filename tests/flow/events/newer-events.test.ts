import {
  Aggregate,
  AggregateRoot,
  bootstrap,
  CommandHandler,
  defineAggregate,
  defineProjection,
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
} from 'eventuality';
import { NewerEventError } from 'eventuality/errors';
import { given, testFlow } from 'eventuality/testing';
import { SILENT } from '../../support/logger';
import { PLACES } from '../../support/stores/places';

class Fill {
  constructor(
    readonly id: string,
    readonly litres: number,
  ) {}
}

/** As this version of the application knows it. */
@Event('tank.filled', { version: 2 })
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

describe.each(PLACES)(
  'an event that a newer version of the application stores is a failure like any other, %s,',
  (_, make) => {
    const place = make();
    afterAll(() => place.end());

    test('of projections and reactors, live and inline ones', async () => {
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
      const eventStore = place.open();
      const flow = await bootstrap(moduleOf(Tank, Parking, Stopping, Living, Inlining, Reacting), {
        eventStore,
        logger: SILENT,
      });
      try {
        await flow.dispatch(new Fill('a', 1));
        await flow.waitFor((await eventStore.readAll()).at(-1)!.position);
        await expect(flow.eventStore.append([newerEvent('b')])).rejects.toMatchObject({
          code: 'INLINE_PROJECTION',
          cause: newer,
        });
        await eventStore.append([newerEvent('b')]);
        await flow.waitFor((await eventStore.readAll()).at(-1)!.position, { processors: ['parking', 'reacting'] });
        for (const name of ['parking', 'reacting']) {
          const [letter] = await flow.processors.of(name).deadLetters({ limit: 1 });
          expect(letter!.error).toContain("An event 'tank.filled' is stored in version 3");
        }
        expect(await flow.readModel(Parking).get('a')).toEqual({ litres: 1 });
        expect(await flow.readModel(Parking).get('b')).toBeUndefined();
        await expect(
          flow.waitFor((await eventStore.readAll()).at(-1)!.position, { processors: ['stopping'], timeout: 200 }),
        ).rejects.toMatchObject({
          code: 'WAIT_TIMEOUT',
        });
        await expect(flow.readModel(Living).get('a')).rejects.toMatchObject(newer);
        expect(heard).toEqual([new Filled(1)]);
      } finally {
        await flow.close();
      }
    });
  },
);

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
    @Event('tank.filled', { version: 3 })
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
