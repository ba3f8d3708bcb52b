// Events that are published with @nestjs/cqrs: in memory, with an outbox by hand, and stored by eventuality.
import pg from 'pg';
import { decorateClass } from '../decorate.js';
import { ownSchema } from '../postgres/server.js';
import { packages, started } from './packages.js';

class Paid {
  constructor(id, cents) {
    this.id = id;
    this.cents = cents;
  }
}

async function app(imports, publishing = bus => event => bus.publish(event)) {
  const { nest, cqrs } = await packages();
  let handled = 0;
  class Mailer {
    handle({ cents }) {
      handled += cents;
    }
  }
  decorateClass(Mailer, cqrs.EventsHandler(Paid));
  const context = await started(nest, { imports: [cqrs.CqrsModule.forRoot(), ...imports], providers: [Mailer] });
  const publish = publishing(context.get(cqrs.EventBus));
  return { publish: id => publish(new Paid(id, 1)), handled: () => handled };
}

export const alone = () => app([]);

/** An INSERT of its own before the event is handed on; nothing reads it again. */
export async function withOutbox(options) {
  const { url } = await ownSchema(options);
  const pool = new pg.Pool({ connectionString: url, max: 16 });
  await pool.query('create table outbox (position bigserial primary key, name text not null, payload jsonb not null)');
  const text = 'insert into outbox (name, payload) values ($1, $2)';
  return app([], bus => async event => {
    await pool.query({ name: 'outbox', text, values: ['Paid', JSON.stringify(event)] });
    bus.publish(event);
  });
}

export async function stored(options) {
  const { EventualityCqrsModule } = await packages();
  const { default: adapter } = await import('../../../dist/adapters/postgres/index.js');
  const { schema } = await ownSchema(options);
  const eventStore = adapter.postgres({ connectionString: options.url, schema });
  await eventStore.ready();
  return app([EventualityCqrsModule.forRoot({ eventStore })]);
}
