import { Inject, type Type } from '@nestjs/common';
import {
  AggregateRoot,
  Command,
  CommandHandler,
  EventBus,
  EventPublisher,
  EventsHandler,
  type IEventHandler,
  ofType,
  Saga,
  UnhandledExceptionBus,
} from '@nestjs/cqrs';
import { Event, type FailureContext, type RetryRule } from 'eventuality';
import { Durable, DurableEvents } from 'eventuality/nestjs/cqrs';
import { dateCodec } from 'eventuality/values';
import { delay, map, type Observable, scan } from 'rxjs';
import { PLACES, type Place } from '../../../support/stores/places';
import { until } from '../../../support/waiting';
import { closeApps, startedApp } from './apps';

class Paid {
  constructor(readonly id: string) {}
}

class Credited {
  constructor(readonly id: string) {}
}

@Event('order.sent', { codecs: { at: dateCodec } })
class Sent {
  constructor(
    readonly id: string,
    readonly at: Date,
  ) {}
}

/** A handler that notes what it gets, and throws as often as it is told. */
function noting(
  name: string,
  throwing: (event: Paid) => boolean = () => false,
  retry: RetryRule = { attempts: 4, delay: 1, maxDelay: 2 },
): { type: Type; got: Paid[] } {
  const got: Paid[] = [];
  @EventsHandler(Paid)
  @Durable({ name, retry })
  class Noting implements IEventHandler<Paid> {
    handle(event: Paid): void {
      got.push(event);
      if (throwing(event)) throw new Error(`Not ${event.id}`);
    }
  }
  return { type: Noting, got };
}

class Account extends AggregateRoot {}

class Ship extends Command<void> {
  constructor(readonly id: string) {
    super();
  }
}

const ids = (events: readonly { readonly id: string }[]): string[] => events.map(({ id }) => id);

describe.each(PLACES)('%s', (name, makePlace) => {
  let place: Place;
  beforeEach(() => {
    place = makePlace();
  });
  afterEach(async () => {
    await closeApps();
    await place.end();
  });
  const storeOptions = () => ({ eventStore: place.open() });

  test('a handler that throws gets the event again until it works; each failure is an unhandled exception', async () => {
    let left = 2;
    const mailer = noting('mailer 1', () => left-- > 0);
    const other = noting('other 1');
    const app = await startedApp(storeOptions(), [mailer.type, other.type]);
    const unhandled: unknown[] = [];
    app.get(UnhandledExceptionBus).subscribe(({ cause }) => unhandled.push(cause));
    await app.get(EventBus).publishAll([new Paid('a'), new Paid('b')]);
    await app.get(DurableEvents).processors.settled();
    expect(ids(mailer.got)).toEqual(['a', 'a', 'a', 'b']);
    expect(ids(other.got)).toEqual(['a', 'b']);
    expect(unhandled).toEqual([new Paid('a'), new Paid('a')]);
    expect(unhandled[0]).toBeInstanceOf(Paid);
  });

  test('what always fails is parked, with all that was published with it, and is tried again on demand', async () => {
    let broken = true;
    const failures: FailureContext[] = [];
    const mailer = noting('mailer 2', ({ id }) => broken && id === 'bad');
    const onError = (_error: unknown, context: FailureContext) => void failures.push(context);
    const app = await startedApp({ ...storeOptions(), onError }, [mailer.type]);
    const { processors } = app.get(DurableEvents);
    await app.get(EventBus).publishAll([new Paid('bad'), new Paid('behind')]);
    await app.get(EventBus).publish(new Paid('good'));
    await processors.settled();
    // When what comes later is handled, depends on when it is published: the pauses here are short.
    expect(ids(mailer.got).sort()).toEqual(['bad', 'bad', 'bad', 'bad', 'good']);
    expect(await processors.of('mailer 2').deadLetters()).toMatchObject([{ attempts: 4 }, { attempts: 0 }]);
    expect(failures).toMatchObject([
      { kind: 'reactor', name: 'mailer 2' },
      { kind: 'reactor', name: 'mailer 2' },
    ]);
    broken = false;
    mailer.got.length = 0;
    await processors.of('mailer 2').retry();
    expect(ids(mailer.got)).toEqual(['bad', 'behind']);
  });

  test('what is to be tried again delays nothing that was published later', async () => {
    const mailer = noting('mailer 8', ({ id }) => id === 'bad', { attempts: 4, delay: 600_000, maxDelay: 600_000 });
    const app = await startedApp(storeOptions(), [mailer.type]);
    await app.get(EventBus).publish(new Paid('bad'));
    await app.get(EventBus).publish(new Paid('good'));
    await until(() => mailer.got.length === 2, 'the later event is handled');
    expect(ids(mailer.got)).toEqual(['bad', 'good']);
  });

  test('what was published before the end is handled after the next start, as instances, in its order', async () => {
    const before = noting('mailer 3');
    const first = await startedApp({ ...storeOptions(), follow: false }, [before.type]);
    const order = first.get(EventPublisher).mergeObjectContext(new Account());
    for (const id of ['a', 'b', 'c']) order.apply(new Paid(id));
    order.commit();
    order.apply(new Paid('d'));
    order.commit();
    await first.get(EventBus).publish(new Paid('e'));
    // In memory there is one store for both.
    if (name !== 'in memory') await first.close();
    expect(before.got).toEqual([]);
    const after = noting('mailer 3');
    const second = await startedApp(storeOptions(), [after.type]);
    await second.get(DurableEvents).processors.settled();
    expect(ids(after.got)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(after.got[0]).toBeInstanceOf(Paid);
  });

  test('values that JSON cannot carry are stored by the codecs of @Event', async () => {
    const got: Sent[] = [];
    @EventsHandler(Sent)
    class Postman {
      handle(event: Sent): void {
        got.push(event);
      }
    }
    const app = await startedApp(storeOptions(), [Postman]);
    const at = new Date('2026-12-01');
    await app.get(EventBus).publish(new Sent('a', at));
    await app.get(DurableEvents).processors.settled();
    expect(got).toEqual([new Sent('a', at)]);
    expect(got[0]).toBeInstanceOf(Sent);
  });

  test('a saga continues after it has thrown, and a command that failed is tried again without the event', async () => {
    const shipped: string[] = [];
    let failing = 1;
    @CommandHandler(Ship)
    class Shipper {
      async execute({ id }: Ship): Promise<void> {
        if (id.startsWith('2') && failing-- > 0) throw new Error('No');
        shipped.push(id);
      }
    }
    let throwing = 1;
    class Shipping {
      @Saga()
      @Durable({ name: 'shipping', retry: { delay: 1, maxDelay: 2 } })
      numbered = (events: Observable<any>): Observable<Ship> =>
        events.pipe(
          ofType(Paid),
          map(({ id }) => {
            if (id === 'bad' && throwing-- > 0) throw new Error('Bad');
            return id;
          }),
          scan((all, id) => [...all, id], [] as string[]),
          map(all => new Ship(`${all.length} ${all.at(-1)}`)),
        );
    }
    const app = await startedApp({ ...storeOptions(), events: [Paid] }, [Shipper, Shipping]);
    for (const id of ['a', 'b']) await app.get(EventBus).publish(new Paid(id));
    await app.get(DurableEvents).processors.settled();
    expect(shipped).toEqual(['1 a', '2 b']);
    for (const id of ['bad', 'c']) await app.get(EventBus).publish(new Paid(id));
    await app.get(DurableEvents).processors.settled();
    // The error has ended its first observable, and with it what was counted.
    const after = shipped.slice(2).map(line => line.split(' '));
    expect(after.map(([count]) => count)).toEqual(['1', '2']);
    // Whether the first is tried again before the second is published depends on how long publishing takes.
    expect(after.map(([, id]) => id).sort()).toEqual(['bad', 'c']);
  });

  test('a saga that is called for each event waits for what it emits later', async () => {
    const shipped: string[] = [];
    @CommandHandler(Ship)
    class Shipper {
      async execute({ id }: Ship): Promise<void> {
        shipped.push(id);
      }
    }
    class Shipping {
      @Saga()
      @Durable({ name: 'later', perEvent: true })
      later(events: Observable<any>): Observable<Ship> {
        return events.pipe(
          ofType(Paid),
          delay(20),
          map(({ id }) => new Ship(id)),
        );
      }
    }
    const app = await startedApp({ ...storeOptions(), events: [Paid] }, [Shipper, Shipping]);
    await app.get(EventBus).publishAll([new Paid('a'), new Paid('b')]);
    await app.get(DurableEvents).processors.settled();
    expect(shipped).toEqual(['a', 'b']);
  });

  test('an event is handled when what its handler has published is stored, awaited or not', async () => {
    const slow = storeOptions();
    const append = slow.eventStore.append.bind(slow.eventStore);
    slow.eventStore.append = async (...given) => {
      await new Promise(resolve => setTimeout(resolve, 50));
      return append(...given);
    };
    @EventsHandler(Paid)
    class Committing {
      constructor(
        @Inject(EventPublisher) private readonly publisher: EventPublisher,
        @Inject(EventBus) private readonly events: EventBus,
      ) {}

      async handle({ id }: Paid): Promise<void> {
        await new Promise(resolve => setTimeout(resolve, 1));
        void this.events.publish(new Credited(`${id}, published`));
        await new Promise(resolve => setTimeout(resolve, 1));
        const account = this.publisher.mergeObjectContext(new Account());
        account.apply(new Credited(id));
        account.commit();
      }
    }
    const app = await startedApp(slow, [Committing]);
    await app.get(EventBus).publish(new Paid('a'));
    await app.get(DurableEvents).processors.settled();
    expect((await slow.eventStore.readAll()).map(({ name }) => name)).toEqual(['Paid', 'Credited', 'Credited']);
  });

  test('the end waits for handlers of what was published', async () => {
    const got: string[] = [];
    @EventsHandler(Paid)
    class Slow {
      async handle({ id }: Paid): Promise<void> {
        await new Promise(resolve => setTimeout(resolve, 5));
        got.push(id);
      }
    }
    const app = await startedApp(storeOptions(), [Slow]);
    for (const id of ['a', 'b', 'c']) void app.get(EventBus).publish(new Paid(id));
    await app.close();
    expect(got).toEqual(['a', 'b', 'c']);
  });
});

test('with `sequenceOf` events of one key wait for a failing one, whatever published them', async () => {
  const place = PLACES[0]![1]();
  const mailer = noting('keyed', ({ id }) => id === 'bad');
  const sequenceOf = ({ id }: Paid): string | undefined => (id === 'good' ? undefined : 'one');
  const app = await startedApp({ eventStore: place.open(), sequenceOf }, [mailer.type]);
  for (const id of ['bad', 'good', 'behind']) await app.get(EventBus).publish(new Paid(id));
  const { processors } = app.get(DurableEvents);
  await processors.settled();
  expect(new Set(ids(mailer.got))).toEqual(new Set(['bad', 'good']));
  await processors.of('keyed').discard({ position: (await processors.of('keyed').deadLetters())[0]!.position });
  await until(() => ids(mailer.got).includes('behind'), 'the one behind').catch(() => processors.of('keyed').retry());
  expect(ids(mailer.got).at(-1)).toBe('behind');
  await closeApps();
  await place.end();
});
