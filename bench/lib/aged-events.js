// An aggregate whose 10,000 events are read in several ways: as they are stored, through the reader of stored events, with a step, and with codecs.
import { decorateClass, decorateMethod } from './decorate.js';

const framework = () => import('../../dist/index.js');

export const EVENTS = 10_000;
const STREAM = { aggregateName: 'Account', aggregateId: 'a' };

class Money {
  constructor(cents, currency) {
    this.cents = cents;
    this.currency = currency;
  }

  toJSON() {
    return `${this.cents} ${this.currency}`;
  }

  static from(stored) {
    const space = stored.indexOf(' ');
    return new Money(Number(stored.slice(0, space)), stored.slice(space + 1));
  }
}

/** What the event of each variant is stored as and handled by. */
const VARIANTS = {
  /** A reader that passes on what is stored: folding without the reader. */
  bare: { stored: 2, payload: { cents: 1, text: 'rent' }, reads: false },
  current: { stored: 2, payload: { cents: 1, text: 'rent' }, reads: true },
  step: { stored: 1, payload: { sum: 0.01, text: 'rent' }, reads: true },
  codecs: { stored: 2, payload: { price: '1 EUR', at: '2026-11-30T12:00:00.000Z' }, reads: true },
  byHand: { stored: 2, payload: { price: '1 EUR', at: '2026-11-30T12:00:00.000Z' }, reads: true },
};

/** @returns `{ load() }`: loads the aggregate, and returns how many events it has folded */
export async function agedEvents(variant) {
  const { InMemoryEventStore, Repository } = await framework();
  const { EventReader } = await import('../../dist/upcasting.js');
  const { codecOf, dateCodec } = await import('../../dist/values.js');
  const { stored, payload, reads } = VARIANTS[variant];
  const options = {
    version: 2,
    upcast: { 1: ({ sum, text }) => ({ text, cents: sum * 100 }) },
    ...(variant === 'codecs' && { codecs: { price: codecOf(Money), at: dateCodec } }),
    ...(variant === 'byHand' && {
      codec: {
        encode: ({ price, at }) => ({ price: price.toJSON(), at: at.toISOString() }),
        decode: ({ price, at }) =>
          Object.freeze(Object.assign(Object.create(Paid.prototype), { price: Money.from(price), at: new Date(at) })),
      },
    }),
  };
  class Paid {}
  const { Account } = await accountOf(Paid, options);
  class Nothing extends EventReader {
    read(event) {
      return event;
    }
  }
  const store = new InMemoryEventStore();
  const event = { name: 'account.paid', schemaVersion: stored, payload };
  for (let added = 0; added < EVENTS; added += 1000)
    await store.append([{ stream: STREAM, expected: 'any', events: Array.from({ length: 1000 }, () => event) }]);
  const repository = new Repository(Account, store, reads ? {} : { eventReader: new Nothing() });
  return { load: async () => (await repository.load('a')).folded };
}

async function accountOf(Paid, options) {
  const { Aggregate, AggregateRoot, Event, EventHandler } = await framework();
  decorateClass(Paid, Event('account.paid', options));
  class Account extends AggregateRoot {
    folded = 0;
    last = undefined;

    paid(event) {
      this.folded++;
      this.last = event;
    }
  }
  decorateMethod(Account, 'paid', EventHandler(Paid));
  decorateClass(Account, Aggregate('Account'));
  return { Account };
}
