import { setTimeout as sleep } from 'node:timers/promises';
import {
  Aggregate,
  AggregateRoot,
  CommandHandler,
  defineProjection,
  Event,
  EventHandler,
  type EventProcessorDefinition,
  Flow,
} from '../../../src';
import { EventualityError } from '../../../src/errors';
import { SILENT } from '../../support/logger';
import { assignment, openAt, type Where } from '../../support/stores/where';

/** What the paying process is to do. */
export interface Paying {
  readonly where: Where;
  /** The version of the code, which is that of its event. */
  readonly code: number;
  /** Commands a second. */
  readonly rate: number;
  readonly ids: readonly string[];
  /** A projection parks what it does not know, as one would make it first. */
  readonly parks?: boolean;
}

/** In version n an amount is stored n times as large: a payload that is folded as one of another version is found. */
export const TIMES = (code: number): number => code;

class Pay {
  constructor(
    readonly id: string,
    readonly cents: number,
  ) {}
}

export interface Total {
  readonly cents: number;
  readonly events: number;
}

/** The application as the code of one version has it. */
export function payingOf(code: number): {
  readonly account: new (id: string) => object;
  readonly totals: EventProcessorDefinition;
} {
  const upcast = Object.fromEntries(
    Array.from({ length: code - 1 }, (_, index) => [
      index + 1,
      ({ amount, before }: { amount: number; before: number }) => ({
        amount: (amount / (index + 1)) * (index + 2),
        before,
      }),
    ]),
  );
  @Event('account.paid', { version: code, upcast })
  class Paid {
    constructor(
      readonly amount: number,
      /** What the account had when this was decided. */
      readonly before: number,
    ) {}
  }
  @Aggregate('Account')
  class Account extends AggregateRoot<Paid> {
    cents = 0;

    @CommandHandler(Pay, { creates: 'if-missing' })
    pay({ cents }: Pay): Paid {
      return new Paid(cents * TIMES(code), this.cents);
    }

    @EventHandler(Paid)
    paid({ amount }: Paid): void {
      this.cents += amount / TIMES(code);
    }
  }
  const totals = defineProjection<Total>({
    ...{ name: 'totals', segments: 2 },
    on: {
      'account.paid': async ({ amount }, { documents, event: { aggregateId } }) => {
        const { cents, events } = (await documents.get(aggregateId)) ?? { cents: 0, events: 0 };
        documents.set(aggregateId, { cents: cents + amount / TIMES(code), events: events + 1 });
      },
    },
  });
  return { account: Account, totals };
}

/** What a projection makes of events when it knows nothing of versions, and refuses what it does not know. */
const parkingTotals = (code: number): EventProcessorDefinition =>
  defineProjection<Total>({
    ...{ name: 'parking', retry: { attempts: 1, delay: 1, maxDelay: 1 } },
    on: {
      'account.paid': (_, { event: { schemaVersion } }) => {
        if (schemaVersion > code) throw new Error(`unknown version ${schemaVersion}`);
      },
    },
  });

/** A machine that is too slow for the rate is asked for less, and does not gather commands. */
const MAX_UNDER_WAY = 20;

function failed(error: unknown): void {
  console.error(error);
  process.exitCode = 1;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Pays until it is told to end. It prints `ready`, and the id of each event that was acknowledged. */
async function main({ where, code, rate, ids, parks }: Paying): Promise<void> {
  const { account, totals } = payingOf(code);
  const eventStore = openAt(where);
  // The careless projection knows the event by its name alone.
  const flow = parks
    ? new Flow({ eventStore, processors: [parkingTotals(code)], logger: SILENT })
    : new Flow({ eventStore, aggregates: [account], processors: [totals], logger: SILENT });
  await flow.processors.ready();
  let ends = false;
  process.once('SIGTERM', () => {
    ends = true;
  });
  say('ready');
  const under = new Set<Promise<void>>();
  const start = performance.now();
  for (let sent = 0; !ends; await sleep(2)) {
    while (!parks && sent < ((performance.now() - start) / 1000) * rate && under.size < MAX_UNDER_WAY) {
      const paid: Promise<void> = pay(flow, ids[Math.floor(Math.random() * ids.length)]!)
        .catch(failed)
        .finally(() => under.delete(paid));
      under.add(paid);
      sent++;
    }
  }
  await Promise.all(under);
  await flow.close();
}

/** Code that is too old for what an account has had cannot decide. */
async function pay(flow: Flow, id: string): Promise<void> {
  try {
    const { events } = await flow.dispatch(new Pay(id, 1 + Math.floor(Math.random() * 9)));
    say(events[0]!.id);
  } catch (error) {
    if (!EventualityError.is(error) || error.code !== 'NEWER_EVENT') throw error;
    say('refused');
  }
}

if (require.main === module) main(assignment<Paying>()).catch(failed);
