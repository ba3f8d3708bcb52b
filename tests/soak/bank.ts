import { existsSync, readFileSync } from 'node:fs';
import type { HandlerContext } from '../../src/commands';
import { Event } from '../../src/decorators';
import { Flow } from '../../src/flow';
import type { RecordedEvent } from '../../src/messages';
import { defineAggregate } from '../../src/model';
import {
  defineProjection,
  defineReactor,
  type ProjectionContext,
  type ProjectionMode,
  type ReadModel,
} from '../../src/processing';
import type { EventStore } from '../../src/store';
import { SILENT } from '../support/logger';

/** What an account has when it is opened. */
export const OPENED_WITH = 1_000_000;
export const SEGMENTS = 4;

/** An account. Money goes from one to another; notes change nothing, and have no command id. */
const Account = defineAggregate({
  name: 'Account',
  state: { balance: 0 },
  snapshot: { every: 50 },
  methods: {
    withdraw(amount: number, transfer: string) {
      return Event({ aggregateId: this.id, name: 'Withdrawn', payload: { amount, transfer } });
    },
    deposit(amount: number, transfer: string) {
      return Event({ aggregateId: this.id, name: 'Deposited', payload: { amount, transfer } });
    },
  },
  commands: {
    Open: {
      creates: 'if-missing',
      decide: (_, { id }) => Event({ aggregateId: id, name: 'Opened', payload: { amount: OPENED_WITH } }),
    },
    Note: (_, { id, note }) => Event({ aggregateId: id, name: 'Noted', payload: { note } }),
  },
  on: {
    Opened: (state, { payload }) => ({ balance: state.balance + payload.amount }),
    Withdrawn: (state, { payload }) => ({ balance: state.balance - payload.amount }),
    Deposited: (state, { payload }) => ({ balance: state.balance + payload.amount }),
  },
});

/** The fees of an account. Nothing in it knows a fee again: charged twice, it is there twice. */
const Fees = defineAggregate({
  name: 'Fees',
  state: {},
  commands: {
    ChargeFee: {
      creates: 'if-missing',
      decide: (_, { id, of }) => Event({ aggregateId: id, name: 'FeeCharged', payload: { of } }),
    },
  },
});

/** An account as its events make it. */
export interface Balance {
  readonly id: string;
  readonly balance: number;
  readonly events: number;
  readonly version: number;
  /** Events that did not follow on the one before. */
  readonly disorder: number;
}

/** What an event adds to a balance. */
const gain = ({ name, payload }: RecordedEvent): number => {
  const { amount = 0 } = payload as { amount?: number };
  return name === 'Withdrawn' ? -amount : amount;
};

/** Takes one event more into account. */
export function applied(before: Balance | undefined, event: RecordedEvent): Balance {
  const { version, aggregateId: id } = event;
  return {
    ...{ id, version },
    balance: (before?.balance ?? 0) + gain(event),
    events: (before?.events ?? 0) + 1,
    disorder: (before?.disorder ?? 0) + (version === (before?.version ?? 0) + 1 ? 0 : 1),
  };
}

/** Throws at events of the accounts that a file names, while it is there. */
function poisonedBy(file: string): (event: RecordedEvent) => void {
  return ({ aggregateId }) => {
    if (existsSync(file) && namedIn(file).includes(aggregateId)) throw new Error('poison');
  };
}

function namedIn(file: string): string[] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as string[];
  } catch {
    // It was taken away in this moment.
    return [];
  }
}

function balances(name: string, mode: ProjectionMode, handling: (event: RecordedEvent) => void) {
  const handle = async (_: unknown, { event, documents }: ProjectionContext<Balance>): Promise<void> => {
    handling(event);
    documents.set(event.aggregateId, applied(await documents.get(event.aggregateId), event));
  };
  const on = { Opened: handle, Withdrawn: handle, Deposited: handle, Noted: handle };
  return defineProjection<Balance>({
    name,
    mode,
    on,
    ...(mode === 'async' && { segments: SEGMENTS, indexes: ['version'] }),
  });
}

/** The names of what follows the events. */
export const EVENT_PROCESSORS = ['balances', 'totals', 'fees'] as const;

export interface Bank {
  readonly flow: Flow;
  readonly balances: ReadModel<Balance>;
}

export interface TransferCommand {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly amount: number;
}

export interface BankOptions {
  /** The file that names accounts whose events are poison while it is there. */
  readonly poison: string;
  readonly follow?: boolean;
}

/**
 * The bank as an application has it: with snapshots, a cache, a projection beside the events, one with them, and a
 * listener that dispatches.
 */
export function openBank(eventStore: EventStore, { poison, follow = true }: BankOptions): Bank {
  const fail = poisonedBy(poison);
  const beside = balances('balances', 'async', fail);
  const fees = defineReactor({
    ...{ name: 'fees', segments: SEGMENTS, replay: 'run' },
    on: {
      async Withdrawn({ transfer }, { event, dispatch }) {
        fail(event);
        await dispatch({ name: 'ChargeFee', message: { id: `fees of ${event.aggregateId}`, of: transfer } });
      },
    },
  });
  const flow = new Flow({
    ...{
      eventStore,
      follow,
      logger: SILENT,
      cache: { max: 20 },
      aggregates: [Account, Fees],
      commandHandlers: { Transfer },
    },
    processors: [beside, balances('totals', 'inline', () => undefined), fees],
  });
  return { flow, balances: flow.readModel(beside) };
}

async function Transfer({ id, from, to, amount }: TransferCommand, { repository }: HandlerContext): Promise<void> {
  const accounts = repository(Account);
  const [source, target] = [await accounts.load(from), await accounts.load(to)];
  source.withdraw(amount, id);
  target.deposit(amount, id);
  await accounts.save(source);
  await accounts.save(target);
}
