import {
  Aggregate,
  AggregateRoot,
  bootstrap,
  CommandHandler,
  Event,
  EventHandler,
  type EventStore,
  InMemoryEventStore,
  Module,
  Projection,
  type ProjectionContext,
  Query,
  QueryHandler,
  Reactor,
  type ReactorContext,
  type RecordedEvent,
  Repository,
} from 'eventuality';
import { ProcessManager, Starts, send } from 'eventuality/processes';
import { ForwardingEventStore } from 'eventuality/store-kit';
import { as, EventReader, Upcaster } from 'eventuality/upcasting';
import { SILENT } from '../../support/logger';
import { PLACES } from '../../support/stores/places';
import { until } from '../../support/waiting';

@Event('customer.registered', {
  version: 3,
  upcast: {
    1: data => ({ ...data, locale: 'en' }),
    2: (data, { recordedAt }) => ({ ...data, year: recordedAt.slice(0, 2) }),
  },
})
class Registered {
  constructor(
    readonly name: string,
    readonly locale: string,
    readonly year: string,
  ) {}
}

@Event('customer.address-changed', { version: 2, upcast: { 1: ({ street }) => ({ address: street }) } })
class AddressChanged {
  constructor(readonly address: string) {}
}

@Event('customer.noted')
class Noted {
  constructor(readonly text: string) {}
}

class Note {
  constructor(
    readonly id: string,
    readonly text: string,
  ) {}
}

class History {
  @Upcaster('customer.signed-up', { from: 1, to: Registered })
  renamed(data: { name: string }) {
    return as(Registered, 1, data);
  }

  @Upcaster('customer.moved', { from: 1, to: [AddressChanged, Noted] })
  split({ street, why }: { street: string; why: string }) {
    return [as(AddressChanged, 1, { street }), as(Noted, 1, { text: why })];
  }

  @Upcaster('page.clicked', { from: 1, to: [] })
  dropped() {
    return [];
  }
}

type Heard = Registered | AddressChanged | Noted;
/** What a handler has got, as text: also that it is an instance of its class. */
const told = (event: Heard): string => {
  if (event instanceof Registered) return `registered ${event.name} ${event.locale} ${event.year}`;
  return event instanceof AddressChanged ? `lives at ${event.address}` : `noted ${(event as Noted).text}`;
};

/** What is stored, by earlier code, and what today's handlers hear of it. */
const KINDS: readonly (readonly [kind: string, stored: readonly [string, object][], heard: readonly string[]])[] = [
  ['renamed', [['customer.signed-up', { name: 'Ann' }]], ['registered Ann en 20']],
  ['split', [['customer.moved', { street: 'Elm 1', why: 'space' }]], ['lives at Elm 1', 'noted space']],
  ['dropped', [['page.clicked', { x: 1 }]], []],
  ['two steps behind', [['customer.registered', { name: 'Bob' }]], ['registered Bob en 20']],
];

abstract class Hearing {
  abstract hear(event: Heard, context?: unknown): unknown;

  @EventHandler(Registered)
  registered(event: Registered, context: any) {
    return this.hear(event, context);
  }

  @EventHandler(AddressChanged)
  addressChanged(event: AddressChanged, context: any) {
    return this.hear(event, context);
  }

  @EventHandler(Noted)
  noted(event: Noted, context: any) {
    return this.hear(event, context);
  }
}

@Aggregate('Customer', { snapshot: { every: 2 } })
class Customer extends AggregateRoot<Heard> {
  heard: string[] = [];

  @CommandHandler(Note, { creates: 'if-missing' })
  note({ text }: Note): Noted {
    return new Noted(text);
  }

  @EventHandler(Registered)
  registered(event: Registered): void {
    this.heard.push(told(event));
  }

  @EventHandler(AddressChanged)
  addressChanged(event: AddressChanged): void {
    this.heard.push(told(event));
  }

  @EventHandler(Noted)
  noted(event: Noted): void {
    this.heard.push(told(event));
  }
}

interface Log {
  readonly lines: readonly string[];
}
/** The aggregate whose events a projection cannot take for now. */
let failing: string | undefined;
const logged = async (event: Heard, { documents, event: { aggregateId } }: ProjectionContext<Log>): Promise<void> => {
  const { lines } = (await documents.get(aggregateId)) ?? { lines: [] };
  documents.set(aggregateId, { lines: [...lines, told(event)] });
  if (failing === aggregateId) throw new Error('not today');
};

const retry = { attempts: 1, delay: 1, maxDelay: 1 };
@Projection('asynchronous', { retry })
class Asynchronous extends Hearing {
  hear(event: Heard, context: ProjectionContext<Log>) {
    return logged(event, context);
  }
}
const sequenced = new Set<string>();
const customer = {
  key: 'customer',
  of: ({ name, aggregateId }: RecordedEvent): string => {
    sequenced.add(name);
    return aggregateId;
  },
};
@Projection('by-rule', { segments: 4, sequenceBy: customer })
class ByRule extends Asynchronous {}
@Projection('inline', { mode: 'inline' })
class Inline extends Asynchronous {}
@Projection('live', { mode: 'live' })
class Live extends Asynchronous {}

const reacted: (readonly [customer: string, heard: string])[] = [];
@Reactor('reacting')
class Reacting extends Hearing {
  hear(event: Heard, { event: { aggregateId } }: ReactorContext): void {
    reacted.push([aggregateId, told(event)]);
  }
}

@ProcessManager('noting', {
  correlate: ({ aggregateId, name }) => (name === 'customer.noted' ? undefined : aggregateId),
})
class Noting {
  @Starts(Registered)
  started(event: Registered) {
    return send(new Note('process', told(event)));
  }

  @Starts(AddressChanged)
  moved(event: AddressChanged) {
    return send(new Note('process', told(event)));
  }
}

class LinesOf extends Query<readonly string[]> {
  constructor(readonly id: string) {
    super();
  }
}
class Answering {
  @QueryHandler(LinesOf)
  async lines({ id }: LinesOf): Promise<readonly string[]> {
    return (await app!.readModel<Log>(Live).get(id))?.lines ?? [];
  }
}

@Module({ components: [Customer, History, Asynchronous, ByRule, Inline, Live, Reacting, Noting, Answering] })
class TestModule {}

let app: Awaited<ReturnType<typeof bootstrap>> | undefined;

const streamOf = (aggregateId: string) => ({ aggregateName: 'Customer', aggregateId });
async function storedBy(store: EventStore, id: string, events: readonly [string, object][]): Promise<bigint> {
  const outcome = await store.append([
    {
      stream: streamOf(id),
      expected: 'any',
      events: events.map(([name, payload]) => ({ name, schemaVersion: 1, payload })),
    },
  ]);
  if (!outcome.ok) throw new Error('refused');
  return outcome.events.at(-1)!.position;
}

describe.each(PLACES)('stored events become those of today, %s,', (_, make) => {
  const place = make();
  let store: EventStore;
  beforeAll(async () => {
    reacted.length = 0;
    store = place.open();
    app = await bootstrap(TestModule, { eventStore: store, logger: SILENT });
  });
  afterAll(async () => {
    await app!.close();
    await place.end();
  });

  describe.each(KINDS)('%s,', (kind, events, heard) => {
    let position: bigint;
    const id = kind.replaceAll(' ', '-');
    beforeAll(async () => {
      position = await storedBy(store, id, events);
      await app!.waitFor(position);
    });

    test('in an aggregate, which goes on with them, from a cache and behind a snapshot as well', async () => {
      const reader = { eventReader: app!.eventReader };
      const cached = new Repository(Customer, store, { ...reader, cache: { max: 10 } });
      for (let time = 0; time < 2; time++)
        expect((await cached.find(id))?.heard ?? []).toEqual(kind === 'dropped' ? [] : heard);
      await app!.dispatch(new Note(id, 'one'));
      await app!.dispatch(new Note(id, 'two'));
      await app!.repository(Customer).drain();
      await storedBy(store, id, events);
      const loaded = await app!.repository(Customer).load(id);
      expect(loaded.heard).toEqual([...heard, 'noted one', 'noted two', ...heard]);
    });

    test('in an async projection, also by a rule of its own, in an inline and in a live one', async () => {
      const own = `${id}-read`;
      await storedBy(store, own, events);
      await app!.dispatch(new Note(own, 'last'));
      await app!.waitFor((await store.readAll({ direction: 'backward', limit: 1 }))[0]!.position);
      expect([...sequenced].filter(name => !/^customer\.(registered|address-changed|noted)$/.test(name))).toEqual([]);
      for (const each of [Asynchronous, ByRule, Inline, Live])
        expect([each.name, (await app!.readModel<Log>(each).get(own))?.lines]).toEqual([
          each.name,
          [...heard, 'noted last'],
        ]);
    });

    test('in a live query, again and again', async () => {
      const own = `${id}-watched`;
      const seen: (readonly string[])[] = [];
      for await (const lines of app!.watch(new LinesOf(own))) {
        seen.push(lines);
        if (lines.length > heard.length) break;
        if (seen.length === 1) {
          await storedBy(store, own, events);
          await app!.dispatch(new Note(own, 'last'));
        }
      }
      expect(seen[0]).toEqual([]);
      expect(seen.at(-1)).toEqual([...heard, 'noted last']);
    });

    test('in a reactor and in a process manager, which sends a command for each part once', async () => {
      const own = `${id}-followed`;
      await app!.processors.settled();
      const before = await store.read(streamOf('process'));
      await app!.waitFor(await storedBy(store, own, events));
      await app!.processors.settled();
      const noted = (await store.read(streamOf('process'))).slice(before.length);
      expect(noted.map(({ payload }) => (payload as Noted).text)).toEqual(
        heard.filter(each => !each.startsWith('noted')),
      );
      expect(reacted.flatMap(([customer, line]) => (customer === own ? [line] : []))).toEqual(heard);
    });

    test('in a dead letter that is retried: what one part has written is undone with the others', async () => {
      const own = `${id}-parked`;
      failing = own;
      try {
        await app!.waitFor(await storedBy(store, own, events), { processors: [Asynchronous] });
      } finally {
        failing = undefined;
      }
      expect(await app!.readModel<Log>(Asynchronous).get(own)).toBeUndefined();
      const letters = await app!.processors.of('asynchronous').deadLetters({ limit: 10 });
      expect(letters).toHaveLength(heard.length > 0 ? 1 : 0);
      for (const { sequence } of letters) await app!.processors.of('asynchronous').retry(sequence);
      await until(async () => (await app!.processors.of('asynchronous').deadLetters({ limit: 10 })).length === 0);
      expect((await app!.readModel<Log>(Asynchronous).get(own))?.lines ?? []).toEqual(heard);
    });
  });
});

/** As one would upcast first: where events are read. */
class UpcastingStore extends ForwardingEventStore {
  override async read(...args: Parameters<EventStore['read']>): Promise<readonly RecordedEvent[]> {
    return (await super.read(...args)).filter(({ name }) => name !== 'page.clicked');
  }
}

test('a store that upcasts while it reads truncates streams of more than a page; a reader does not', async () => {
  const store = new InMemoryEventStore();
  const noted = Array.from({ length: 1500 }, (_, n): [string, object] =>
    n === 10 ? ['page.clicked', { x: 1 }] : ['customer.noted', { text: `${n}` }],
  );
  await storedBy(store, 'long', noted);
  const reader = new EventReader({ events: [Registered, AddressChanged, Noted], upcasters: [History] });
  const lengthBy = async (eventStore: EventStore): Promise<number> =>
    (await new Repository(Customer, eventStore, { eventReader: reader, snapshotStore: false }).load('long')).heard
      .length;
  expect(await lengthBy(store)).toBe(1499);
  expect(await lengthBy(new UpcastingStore(store))).toBe(999);
});
