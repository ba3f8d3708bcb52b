import { Injectable } from '@nestjs/common';
import { AggregateRoot, CqrsModule, EventBus, EventPublisher, EventsHandler, ofType } from '@nestjs/cqrs';
import { Test } from '@nestjs/testing';
import { EventHandler, InMemoryEventStore } from 'eventuality';
import { EventualityModule } from 'eventuality/nestjs';
import { DurableEvents, EventualityCqrsModule } from 'eventuality/nestjs/cqrs';
import type { PoolClient } from 'pg';
import { SILENT } from '../../../support/logger';
import { TestSchema } from '../../../support/stores/schema';
import { pause, until } from '../../../support/waiting';
import { closeApps, startedApp } from './apps';

const schema = new TestSchema(__filename);

class Paid {
  constructor(readonly id: string) {}
}

class Order extends AggregateRoot {
  pay(id: string): void {
    this.apply(new Paid(id));
  }
}

const handled: string[] = [];
const heard: string[] = [];

@EventsHandler(Paid)
class Accountant {
  handle({ id }: Paid): void {
    handled.push(id);
  }
}

const started = async () => {
  const app = await startedApp({ eventStore: schema.openApart() }, [Accountant]);
  app.get(EventBus).subscribe(event => heard.push((event as Paid).id));
  return { app, events: app.get(DurableEvents), bus: app.get(EventBus) };
};

const begun = async (): Promise<PoolClient> => {
  const client = await schema.client();
  await client.query('begin');
  return client;
};

beforeEach(() => {
  handled.length = 0;
  heard.length = 0;
});
afterEach(closeApps);

test('what is published in the transaction of the caller is handled, and heard, when it is committed', async () => {
  const { app, events, bus } = await started();
  const client = await begun();
  const result = await events.within(client, async () => {
    const order = app.get(EventPublisher).mergeObjectContext(new Order());
    order.pay('a');
    order.commit();
    await bus.publishAll([new Paid('b'), new Paid('c')]);
    return 'done';
  });
  expect(result).toBe('done');
  await pause(50);
  expect({ handled, heard }).toEqual({ handled: [], heard: [] });
  await client.query('commit');
  await until(() => handled.length === 3 && heard.length === 3, 'the events');
  expect({ handled, heard }).toEqual({ handled: ['a', 'b', 'c'], heard: ['a', 'b', 'c'] });
});

test('what is rolled back is neither stored nor handled nor heard, and later events are', async () => {
  const { events, bus } = await started();
  const client = await begun();
  await events.within(client, () => bus.publish(new Paid('gone')));
  await client.query('rollback');
  await bus.publish(new Paid('after'));
  await client.query('begin');
  await events.within(client, () => bus.publish(new Paid('kept')));
  await client.query('commit');
  await until(() => handled.length === 2 && heard.length === 2, 'the events');
  expect({ handled, heard }).toEqual({ handled: ['after', 'kept'], heard: ['after', 'kept'] });
});

test('events that handlers and subscribers publish in turn do not belong to the transaction that woke them', async () => {
  const schemaStore = schema.openApart();
  class Booked {
    constructor(readonly id: string) {}
  }
  const booked: string[] = [];
  @EventsHandler(Paid)
  class Bookkeeper {
    constructor(readonly bus: EventBus) {}

    async handle({ id }: Paid): Promise<void> {
      await this.bus.publish(new Booked(id));
    }
  }
  @EventsHandler(Booked)
  class Archivist {
    handle({ id }: Booked): void {
      booked.push(id);
    }
  }
  const app = await startedApp({ eventStore: schemaStore }, [Bookkeeper, Archivist]);
  const bus = app.get(EventBus);
  bus.pipe(ofType(Paid)).subscribe(({ id }) => bus.publish(new Booked(`heard ${id}`)));
  const client = await begun();
  await app.get(DurableEvents).within(client, () => bus.publish(new Paid('a')));
  await client.query('commit');
  await bus.publish(new Paid('b'));
  await until(() => booked.length === 4, 'all');
  expect(booked.sort()).toEqual(['a', 'b', 'heard a', 'heard b']);
});

test('with the flow of EventualityModule too: its listeners and handlers get it when it is committed', async () => {
  const listened: string[] = [];
  @Injectable()
  class Listener {
    @EventHandler(Paid)
    paid({ id }: Paid): void {
      listened.push(id);
    }
  }
  const flow = EventualityModule.forRoot({ eventStore: schema.openApart(), logger: SILENT });
  const imports = [CqrsModule.forRoot(), flow, EventualityCqrsModule.forRoot()];
  const app = await Test.createTestingModule({ imports, providers: [Accountant, Listener] }).compile();
  await (app.useLogger(false) ?? app.init());
  const client = await begun();
  await app.get(DurableEvents).within(client, () => app.get(EventBus).publish(new Paid('a')));
  await pause(50);
  expect({ handled, listened }).toEqual({ handled: [], listened: [] });
  await client.query('commit');
  await until(() => handled.length === 1 && listened.length === 1, 'the event');
  expect({ handled, listened }).toEqual({ handled: ['a'], listened: ['a'] });
  await app.close();
});

test('errors: no transaction, a transaction that is over, work that throws, a store without transactions', async () => {
  const { events, bus } = await started();
  const client = await schema.client();
  await expect(events.within(client, () => bus.publish(new Paid('a')))).rejects.toMatchObject({
    code: 'POSTGRES_NO_TRANSACTION',
  });
  // A promise that no code awaits, as that of an aggregate's commit().
  const unawaited = (): void => void bus.publish(new Paid('a'));
  await expect(events.within(client, unawaited)).rejects.toMatchObject({ code: 'POSTGRES_NO_TRANSACTION' });

  await client.query('begin');
  let late: unknown;
  await events.within(client, () => {
    setTimeout(() => {
      try {
        void bus.publish(new Paid('late'));
      } catch (error) {
        late = error;
      }
    }, 5);
  });
  await until(() => late !== undefined, 'the late one');
  expect(late).toMatchObject({ code: 'PUBLISHED_TOO_LATE', eventNames: ['Paid'] });
  const failing = events.within(client, () => {
    void bus.publish(new Paid('b'));
    throw new Error('Not paid');
  });
  await expect(failing).rejects.toThrow('Not paid');
  await client.query('rollback');
  expect(handled).toEqual([]);

  const inMemory = await startedApp({ eventStore: new InMemoryEventStore() }, [Accountant]);
  await expect(inMemory.get(DurableEvents).within(client, () => 1)).rejects.toMatchObject({
    code: 'NO_FOREIGN_TRANSACTIONS',
  });
});
