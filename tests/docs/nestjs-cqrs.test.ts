import { Injectable, Module, type Type } from '@nestjs/common';
import {
  AggregateRoot,
  Command,
  CommandHandler,
  CqrsModule,
  EventBus,
  EventPublisher,
  EventsHandler,
  type ICommandHandler,
  ofType,
  Saga,
} from '@nestjs/cqrs';
import { Test } from '@nestjs/testing';
import { Durable, DurableEvents, EventualityCqrsModule } from 'eventuality/nestjs/cqrs';
import { postgres } from 'eventuality/postgres';
import { Pool } from 'pg';
import { delay, map, type Observable } from 'rxjs';
import { TestSchema, url } from '../support/stores/schema';
import { until } from '../support/waiting';

const schema = new TestSchema(__filename);
const sent: string[] = [];
const thanked: string[] = [];

class OrderPaid {
  constructor(readonly orderId: string) {}
}

class OrderShipped {
  constructor(readonly orderId: string) {}
}

class Thank extends Command<void> {
  constructor(readonly orderId: string) {
    super();
  }
}

@CommandHandler(Thank)
class Thanking implements ICommandHandler<Thank> {
  async execute({ orderId }: Thank): Promise<void> {
    thanked.push(orderId);
  }
}

class Order extends AggregateRoot {
  constructor(readonly id: string) {
    super();
  }

  pay(): void {
    this.apply(new OrderPaid(this.id));
  }
}

class PayOrder extends Command<void> {
  constructor(readonly id: string) {
    super();
  }
}

const mails = {
  async send(orderId: string): Promise<void> {
    sent.push(orderId);
  },
};

// #region handler
@EventsHandler(OrderPaid)
@Durable({ name: 'mailer', segments: 4, retry: { attempts: 10, maxDelay: 60_000 } })
class Mailer {
  async handle({ orderId }: OrderPaid) {
    await mails.send(orderId); // at least once: pass a key that lets the other system recognize a repetition
  }
}
// #endregion handler

// #region saga
@Injectable()
class Thanks {
  @Saga()
  @Durable({ name: 'thanks', perEvent: true })
  thank = (events: Observable<any>): Observable<Thank> =>
    events.pipe(
      ofType(OrderShipped),
      delay(1000),
      map(({ orderId }) => new Thank(orderId)),
    );
}
// #endregion saga

const pool = new Pool({ connectionString: url });

// #region within
@CommandHandler(PayOrder)
class PayOrderHandler implements ICommandHandler<PayOrder> {
  constructor(
    private readonly publisher: EventPublisher,
    private readonly events: DurableEvents,
  ) {}

  async execute({ id }: PayOrder) {
    const order = this.publisher.mergeObjectContext(new Order(id));
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      await client.query('INSERT INTO orders VALUES ($1, true)', [id]);
      await this.events.within(client, () => {
        order.pay();
        order.commit(); // cannot be awaited; `within` resolves when its events are stored
      });
      await client.query('COMMIT');
    } catch (error) {
      await client.query('ROLLBACK');
      throw error;
    } finally {
      client.release();
    }
  }
}
// #endregion within

const DATABASE_URL = url;
const providers = [Mailer, Thanks, Thanking, PayOrderHandler];

// #region module
@Module({
  imports: [
    CqrsModule.forRoot(),
    EventualityCqrsModule.forRoot({ eventStore: postgres({ connectionString: DATABASE_URL }) }),
    EventualityCqrsModule.forFeature([OrderShipped]), // only a saga follows it
  ],
  providers,
})
class AppModule {}
// #endregion module

test('the examples of docs/nestjs-cqrs.md', async () => {
  expect(Reflect.getMetadata('imports', AppModule)).toHaveLength(3);
  await pool.query(`create schema if not exists "${schema.name}"`);
  await pool.query(`set search_path to "${schema.name}"; create table "${schema.name}".orders (id text, paid boolean)`);
  pool.on('connect', client => void client.query(`set search_path to "${schema.name}"`));
  const eventStore = schema.open();
  const imports = [
    CqrsModule.forRoot(),
    EventualityCqrsModule.forRoot({ eventStore }),
    EventualityCqrsModule.forFeature([OrderShipped]),
  ];
  const app = await Test.createTestingModule({ imports, providers: providers as Type[] }).compile();
  await (app.useLogger(false) ?? app.init());
  await app.get(PayOrderHandler).execute(new PayOrder('order-1'));
  await app.get(EventBus).publish(new OrderShipped('order-1'));

  const durableEvents = app.get(DurableEvents);
  // #region parked
  const mailer = durableEvents.processors.of('mailer');
  for (const { position, error } of await mailer.deadLetters()) console.error(position, error);
  await mailer.retry(); // after the cause is fixed; or mailer.discard({ position })
  // #endregion parked

  await until(() => sent.length > 0 && thanked.length > 0, 'a mail and thanks');
  expect([sent, thanked]).toEqual([['order-1'], ['order-1']]);
  expect((await pool.query('select * from orders')).rows).toEqual([{ id: 'order-1', paid: true }]);
  await app.close();
  await pool.end();
});
