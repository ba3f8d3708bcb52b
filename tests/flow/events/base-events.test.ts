import {
  Aggregate,
  AggregateRoot,
  bootstrap,
  CommandHandler,
  defineAggregate,
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
  Repository,
} from 'eventuality';
import { BaseEventHandledError } from 'eventuality/errors';
import { given, testFlow } from 'eventuality/testing';
import { SILENT } from '../../support/logger';
import { PLACES } from '../../support/stores/places';

class Move {
  constructor(
    readonly id: string,
    readonly by: number,
  ) {}
}

abstract class Moved {
  constructor(readonly by: number) {}
}
class MovedUp extends Moved {}
class MovedDown extends Moved {}

@Event('MovedByHand', {
  codec: { encode: ({ by }: MovedByHand) => ({ by: String(by) }), decode: ({ by }) => new MovedByHand(Number(by)) },
})
class MovedByHand extends Moved {}

/** Decides on events of subclasses, and handles none. */
@Aggregate('Lift')
class Lift extends AggregateRoot<Moved> {
  @CommandHandler(Move, { creates: 'if-missing' })
  move({ by }: Move): Moved {
    if (by === 0) return new MovedByHand(by);
    return by > 0 ? new MovedUp(by) : new MovedDown(by);
  }
}

/** The same, and handles the base class. */
@Aggregate('BaseLift')
class BaseLift extends Lift {
  @EventHandler(Moved)
  moved(): void {}
}

const heard: unknown[] = [];

class Hearing {
  @EventHandler(Moved)
  moved(event: Moved): void {
    heard.push(event);
  }
}

@Reactor('reacting')
class Reacting extends Hearing {}

@Projection('projecting')
class Projecting {
  @EventHandler(Moved)
  moved(event: Moved, { documents, event: { aggregateId } }: ProjectionContext): void {
    documents.set(aggregateId, { ...event });
  }
}

class HearingUp {
  @EventHandler(MovedUp)
  up(event: MovedUp): void {
    heard.push(event);
  }
}

class HearingBoth extends Hearing {
  @EventHandler(MovedUp)
  up(event: MovedUp): void {
    heard.push(event);
  }
}

const moduleOf = (...components: (new (...args: any[]) => object)[]) => {
  @Module({ components })
  class TestModule {}
  return TestModule;
};

const fault = (place: string): string =>
  `${place} handles Moved, and would miss the events of its subclass MovedUp: an event is handled as its own class. ` +
  'Handle MovedUp too, if only with an empty method, or let neither class extend the other.';

describe('a handler of a base event class, where a subclass is handled too,', () => {
  test.each([
    ['an aggregate', BaseLift],
    ['a listener in the process', Hearing],
    ['a reactor', Reacting],
    ['a projection', Projecting],
  ])('is a fault of the wiring: of %s', async (_, component) => {
    await expect(bootstrap(moduleOf(component, HearingUp))).rejects.toMatchObject({ faults: [fault(component.name)] });
  });

  test('is a fault of a flow without a module', () => {
    @Aggregate('UpLift')
    class UpLift extends Lift {
      @EventHandler(MovedUp)
      up(): void {}
    }
    expect(() => new Flow({ eventStore: new InMemoryEventStore(), aggregates: [BaseLift, UpLift] })).toThrow(
      fault('BaseLift'),
    );
  });

  test('is none where the same class handles the subclass itself: each event is handled as its own class', async () => {
    heard.length = 0;
    await using app = await testFlow(moduleOf(Lift, HearingBoth, HearingUp));
    await app.flow.dispatch(new Move('a', 1));
    await app.settle();
    expect(heard).toEqual([new MovedUp(1), new MovedUp(1)]);
  });
});

describe.each(PLACES)('a handler of a base event class, where no subclass is handled, %s,', (_, make) => {
  const place = make();
  let eventStore: EventStore;
  let closed = false;
  beforeAll(() => {
    const opened = place.open();
    // The applications of these tests share the store.
    eventStore = new Proxy(opened, {
      get(target, key) {
        if (key === 'close' && !closed) return async () => undefined;
        const value = Reflect.get(target, key, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  });
  afterAll(() => {
    closed = true;
    return place.end();
  });

  test.each([
    ['an aggregate', BaseLift, BaseLift],
    ['a listener in the process', Lift, Hearing],
    ['a reactor', Lift, Reacting],
    ['a projection', Lift, Projecting],
  ])('is told with the first event of one, before it is stored: %s', async (_, aggregate, component) => {
    await using app = await testFlow(moduleOf(aggregate, component), { eventStore });
    for (const [by, type] of [
      [1, MovedUp],
      [-1, MovedDown],
      [0, MovedByHand],
    ] as const) {
      const error = await app.flow.dispatch(new Move(component.name, by)).catch(thrown => thrown);
      expect(error).toBeInstanceOf(BaseEventHandledError);
      expect(error).toMatchObject({ code: 'BASE_EVENT_HANDLED', base: Moved, type });
    }
    expect(await eventStore.readAll()).toEqual([]);
  });
});

describe('a handler of a base event class', () => {
  test('is told by an aggregate without a flow, and by the testing kit', async () => {
    @Aggregate('Crane')
    class Crane extends AggregateRoot<Moved> {
      @EventHandler(Moved)
      moved(): void {}

      rise(): this {
        this.apply(new MovedUp(1));
        return this;
      }
    }
    const repository = new Repository(Crane, new InMemoryEventStore());
    expect(() => new Crane('a').rise()).toThrow(fault('Crane'));
    expect(await repository.find('a')).toBeNull();
    await given(BaseLift).when(new Move('a', 1)).thenError(BaseEventHandledError);
    await expect(given(BaseLift, new MovedUp(1)).when(new Move('a', 1)).thenNothing()).rejects.toThrow(
      BaseEventHandledError,
    );
  });

  test('takes events of a subclass that has the name of the base class: as those', async () => {
    @Event('Moved')
    class MovedFast extends Moved {
      readonly fast = true;
    }
    @Aggregate('FastLift')
    class FastLift extends AggregateRoot {
      seen: unknown[] = [];

      @CommandHandler(Move, { creates: 'if-missing' })
      move({ by }: Move) {
        return new MovedFast(by);
      }

      @EventHandler(Moved)
      moved(event: Moved): void {
        this.seen.push([event instanceof MovedFast, { ...event }]);
      }
    }
    const flow = new Flow({ eventStore: new InMemoryEventStore(), aggregates: [FastLift] });
    await flow.dispatch(new Move('a', 1));
    expect((await flow.repository(FastLift).load('a')).seen).toEqual([[false, { by: 1, fast: true }]]);
    await flow.close();
  });

  test('that an event bus was given is reported with the first event of a subclass that has no listener', async () => {
    const failures: unknown[] = [];
    const seen: unknown[] = [];
    const bus = new EventBus({
      logger: SILENT,
      onError: (error, { name }) => failures.push({ error, name }),
    });
    const flow = new Flow({ eventStore: new InMemoryEventStore(), aggregates: [Lift], eventBus: bus });
    const end = bus.subscribe(Moved, function log({ payload }) {
      seen.push(payload);
    });
    bus.subscribe(MovedDown, ({ payload }) => seen.push(payload));
    for (const by of [1, 1, -1]) await flow.dispatch(new Move('a', by));
    await bus.drain();
    expect(failures).toMatchObject([
      { name: 'log', error: { code: 'BASE_EVENT_HANDLED', base: Moved, type: MovedUp } },
    ]);
    expect(seen).toEqual([new MovedDown(-1)]);
    end();
    await flow.dispatch(new Move('a', 0));
    expect(failures).toHaveLength(1);
    await flow.close();
  });

  test('has no counterpart among handlers by name: they get the events of their name, whatever their classes extend', async () => {
    const names: string[] = [];
    const Plain = defineAggregate({
      name: 'Plain',
      state: { moved: 0, up: 0 },
      on: {
        Moved: state => ({ ...state, moved: state.moved + 1 }),
        MovedUp: state => ({ ...state, up: state.up + 1 }),
      },
      commands: { Move: { creates: 'if-missing', decide: (_, { by }) => [new MovedUp(by), new MovedDown(by)] } },
    });
    const listener = defineReactor({
      name: 'plain',
      on: { Moved: () => names.push('Moved'), MovedDown: (_, { event }) => names.push(event.name) },
    });
    const flow = new Flow({ eventStore: new InMemoryEventStore(), aggregates: [Plain], processors: [listener] });
    await flow.processors.ready();
    const { position } = await flow.dispatch(new Move('a', 1));
    await flow.waitFor(position!);
    expect((await flow.repository(Plain).load('a')).state).toEqual({ moved: 0, up: 1 });
    expect(names).toEqual(['MovedDown']);
    await flow.close();
  });
});
