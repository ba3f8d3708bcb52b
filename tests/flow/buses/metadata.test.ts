import {
  Aggregate,
  AggregateRoot,
  CommandHandler,
  defineAggregate,
  Event,
  EventHandler,
  type EventStore,
  Flow,
} from 'eventuality';
import { PLACES } from '../../support/stores/places';

class Open {
  constructor(readonly id: string) {}
}
class Touch {
  constructor(readonly id: string) {}
}
class Opened {}
class Touched {}

@Aggregate('Door')
class Door extends AggregateRoot<Opened | Touched> {
  touched = 0;

  @CommandHandler(Open, { creates: true })
  open(): Opened {
    return new Opened();
  }

  @CommandHandler(Touch)
  touch(): Touched {
    return new Touched();
  }

  @EventHandler(Touched)
  onTouched(): void {
    this.touched++;
  }
}

const Till = defineAggregate({
  name: 'Till',
  state: { total: 0 },
  on: { Sold: ({ total }, { payload }) => ({ total: total + payload.price }) },
  commands: {
    Sell: {
      creates: 'if-missing',
      decide: (_state, { id, price }) => Event({ aggregateId: id, name: 'Sold', payload: { price } }),
    },
    Correct: (_state, { id, total }) => Event({ aggregateId: id, name: 'Corrected', payload: {}, state: { total } }),
  },
});

const sell = (price: number) => ({ name: 'Sell', message: { id: 't', price } });

describe.each(PLACES)('metadata of callers, %s', (_, make) => {
  const place = make();
  let eventStore: EventStore;
  let flow: Flow;
  beforeAll(() => {
    eventStore = place.open();
    flow = new Flow({ eventStore, aggregates: [Door, Till] });
  });
  afterAll(async () => {
    await flow.close();
    await place.end();
  });

  test('called "deleted" deletes nothing, and is there as it was given', async () => {
    await flow.dispatch(new Open('a'));
    const outcome = await flow.dispatch(new Touch('a'), { metadata: { deleted: true } });
    expect(outcome.events[0]!.metadata).toMatchObject({ deleted: true, commandName: 'Touch' });
    await flow.dispatch(new Touch('a'));
    expect(await flow.repository(Door).load('a')).toMatchObject({ touched: 2, version: 3 });
  });

  test('called "state" replaces no state', async () => {
    await flow.dispatch(sell(5), { metadata: { state: 'CA' } });
    await flow.dispatch(sell(2), { metadata: { state: { total: 900 } } });
    expect((await flow.repository(Till).load('t')).state).toEqual({ total: 7 });
    const stored = await eventStore.read({ aggregateName: 'Till', aggregateId: 't' });
    expect(stored.map(({ metadata }) => metadata.state)).toEqual(['CA', { total: 900 }]);
  });

  test('leaves the state that a plain event carries, and deletions, as they are', async () => {
    const { events } = await flow.dispatch(
      { name: 'Correct', message: { id: 't', total: 40 } },
      { metadata: { state: 'CA' } },
    );
    expect(events[0]).toMatchObject({ metadata: { state: 'CA' }, marks: { state: { total: 40 } } });
    await flow.dispatch(sell(2));
    const other = new Flow({ eventStore, aggregates: [Till] });
    expect((await other.repository(Till).load('t')).state).toEqual({ total: 42 });
    await flow.repository(Till).delete('t');
    expect(await other.repository(Till).find('t')).toBeNull();
    expect((await eventStore.read({ aggregateName: 'Till', aggregateId: 't' })).at(-1)).toMatchObject({
      name: 'TillDeleted',
      marks: { deleted: true },
    });
  });
});
