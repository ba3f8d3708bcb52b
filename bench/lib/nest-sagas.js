// The story of lib/processes.js with a saga of @nestjs/cqrs: in memory, a timer for each deadline.
import { decorateClass } from './decorate.js';
import { orderId } from './processes.js';

const HOUR = 3_600_000;

class OrderPlaced {
  constructor(id, cents) {
    this.id = id;
    this.cents = cents;
  }
}
class ConfirmOrder {
  constructor(id, cents) {
    this.id = id;
    this.cents = cents;
  }
}

export async function sagas() {
  await import('reflect-metadata');
  const { Module } = await import('@nestjs/common');
  const { NestFactory } = await import('@nestjs/core');
  const { CommandHandler, CqrsModule, EventBus, ofType, Saga } = await import('@nestjs/cqrs');
  const { map } = await import('rxjs');
  const [confirmed, deadlines] = [new Map(), new Map()];
  let placed = [];

  class Fulfilment {
    constructor() {
      this.placed = events$ =>
        events$.pipe(
          ofType(OrderPlaced),
          map(({ id, cents }) => {
            const timer = setTimeout(() => deadlines.delete(id), HOUR);
            timer.unref();
            deadlines.set(id, timer);
            return new ConfirmOrder(id, cents);
          }),
        );
    }
  }
  Saga()(Fulfilment.prototype, 'placed');
  class Confirming {
    async execute({ id, cents }) {
      confirmed.set(id, [...(confirmed.get(id) ?? []), { cents }]);
    }
  }
  decorateClass(Confirming, CommandHandler(ConfirmOrder));
  class AppModule {}
  decorateClass(AppModule, Module({ imports: [CqrsModule.forRoot()], providers: [Fulfilment, Confirming] }));
  const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error'] });
  const bus = app.get(EventBus);
  return {
    async place(first, count) {
      placed = Array.from({ length: count }, (_, index) => new OrderPlaced(orderId(first + index), 900));
    },
    async catchUp() {
      const wanted = confirmed.size + placed.length;
      for (const event of placed) await bus.publish(event);
      while (confirmed.size < wanted) await new Promise(resolve => setImmediate(resolve));
    },
    done: async () => ({ confirmed: confirmed.size, waiting: deadlines.size }),
  };
}
