import {
  Aggregate,
  AggregateRoot,
  CommandHandler,
  defineAggregate,
  Event,
  EventHandler,
  type Logger,
} from 'eventuality';

export class Open {
  constructor(readonly id: string) {}
}
export class Deposit {
  constructor(
    readonly id: string,
    readonly amount: number,
  ) {}
}
export class Opened {
  constructor(readonly at: string) {}
}
export class Deposited {
  constructor(
    readonly amount: number,
    readonly tags: readonly string[] = [],
  ) {}
}

/** An account with fields of every kind that a snapshot keeps. */
@Aggregate('Account', { snapshot: { every: 5, version: 1 } })
export class Account extends AggregateRoot<Opened | Deposited> {
  balance = 0;
  private openedAt: Date | undefined;
  private readonly amounts = new Map<string, number>();
  private readonly tags = new Set<string>();
  private last: readonly string[] = [];

  @CommandHandler(Open, { creates: true })
  open() {
    return new Opened('2026-01-01T00:00:00.000Z');
  }

  @CommandHandler(Deposit)
  deposit({ amount }: Deposit) {
    return amount === 0 ? [] : new Deposited(amount, [`tag${amount % 3}`]);
  }

  @EventHandler(Opened)
  onOpened({ at }: Opened) {
    this.openedAt = new Date(at);
  }

  @EventHandler(Deposited)
  onDeposited({ amount, tags }: Deposited) {
    this.balance += amount;
    this.amounts.set(String(this.amounts.size), amount);
    for (const tag of tags) this.tags.add(tag);
    this.last = tags;
  }

  /** All of the state, for comparisons. */
  view(): object {
    const { id, version, balance, openedAt, amounts, tags, last } = this;
    return {
      id,
      version,
      balance,
      openedAt,
      amounts: [...amounts],
      tags: [...tags],
      last,
      frozen: Object.isFrozen(last),
    };
  }
}

/** A counter without a class. */
export const counter = (snapshot?: { every: number; version?: number }, name = 'Counter') =>
  defineAggregate({
    name,
    state: { total: 0, seen: [] as number[] },
    ...(snapshot && { snapshot }),
    methods: {
      count(by: number) {
        return Event({ aggregateId: this.id, name: 'Counted', payload: { by } });
      },
    },
    on: {
      Counted(state, { payload }) {
        state.total += payload.by;
        state.seen.push(payload.by);
      },
    },
  });

/** Keeps what it is told. */
export class ToldLogger implements Logger {
  readonly told: string[] = [];
  readonly errors: unknown[] = [];

  warn(details: object, message: string): void {
    this.told.push(message);
    this.errors.push((details as { error?: unknown }).error);
  }

  error(details: object, message: string): void {
    this.warn(details, `error: ${message}`);
  }
}
