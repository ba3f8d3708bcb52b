import { type Clock, type RecordedEvent, systemClock } from '../../messages';
import { checkClaimName, checkCommandClaim, checkCommandResult } from '../kit/commands/command-checks';
import { isFree, resultOf } from '../kit/commands/command-rules';
import { TransactionMutex } from '../kit/transactions/transaction-mutex';
import type {
  ClaimName,
  ClaimOutcome,
  CommandClaim,
  CommandJournal,
  CommandResult,
  CompletedCommand,
} from '../ports/command-journal';
import { ClaimLostError } from '../ports/errors';

interface KnownCommand {
  readonly fingerprint: string;
  readonly token: string;
  readonly keep: number;
  lease: number;
  until: number;
  /** When it may be deleted if it is free by then: late enough for a holder that was only slow to find its claim. */
  readonly expires: number;
  result: CommandResult | undefined;
}

/** What an event store provides to its journal. */
interface LendingStore {
  readonly turns: TransactionMutex;
  refuseWhenClosed(): void;
}

/** How many commands each claim checks for expiry: more than the one that it may add. */
const MAX_LOOKED_AT = 4;

/**
 * Keeps commands in memory: complete in its semantics, gone when the process ends. It is the `commands` of an
 * `InMemoryEventStore`. It can also be used beside a store without a journal; then call {@link record} after each
 * append.
 */
export class InMemoryCommandJournal implements CommandJournal {
  readonly #commands = new Map<string, KnownCommand>();
  #looking = this.#commands.entries();
  readonly #clock: Clock;
  readonly #turns: TransactionMutex;
  readonly #store: LendingStore | undefined;

  /**
   * @param options `clock` decides when a claim has expired; default the system clock
   * @param store of an in-memory event store: claims wait for its transactions, and are refused when it is closed
   */
  constructor(options: { readonly clock?: Clock } = {}, store?: LendingStore) {
    this.#clock = options.clock ?? systemClock;
    this.#turns = store?.turns ?? new TransactionMutex();
    // Not a closure created here: with one, each dropped store kept much of what came after it from being collected in
    // time.
    this.#store = store;
  }

  /** The number of known commands: those that are running, and those whose results are kept. */
  get size(): number {
    return this.#commands.size;
  }

  async claim({ id, fingerprint, token, lease, keep }: CommandClaim): Promise<ClaimOutcome> {
    const claim = { id, fingerprint, token, lease, keep };
    checkCommandClaim(claim);
    return this.#pass(() => this.#claim(claim));
  }

  async renew({ id, token }: ClaimName, lease: number): Promise<boolean> {
    checkClaimName({ id, token }, lease);
    return this.#pass(() => {
      const known = this.#of({ id, token });
      if (known && !known.result) {
        known.until = this.#clock.now() + lease;
        known.lease = lease;
      }
      return known !== undefined;
    });
  }

  async complete({ id, token }: ClaimName, { aggregateId, version, events = [] }: CompletedCommand): Promise<boolean> {
    checkCommandResult({ id, token }, { aggregateId, version, events });
    const result =
      events.length > 0 ? resultOf(Object.freeze([...events])) : { events: Object.freeze([]), aggregateId, version };
    return this.#pass(() => {
      const known = this.#of({ id, token });
      if (known && !known.result) this.#done(known, result);
      return known !== undefined;
    });
  }

  async release({ id, token }: ClaimName): Promise<void> {
    checkClaimName({ id, token });
    await this.#pass(() => {
      const known = this.#of({ id, token });
      if (known && !known.result) this.#commands.delete(id);
    });
  }

  /**
   * Checks that a claim still belongs to the caller, and tells whether its command is done. Call it before an append
   * writes.
   * @throws InvalidClaimError, ClaimLostError
   */
  isDone(claim: ClaimName): boolean {
    checkClaimName(claim);
    const known = this.#of(claim);
    if (!known) throw new ClaimLostError(claim.id);
    return known.result !== undefined;
  }

  /**
   * Records that a command is done and led to these events, in the order of their append. A command that is already
   * done does not change.
   * @throws InvalidClaimError, ClaimLostError if another claim took over
   */
  record(claim: ClaimName, events: readonly RecordedEvent[]): void {
    if (!this.isDone(claim)) this.#done(this.#of(claim)!, resultOf(events));
  }

  #pass<T>(work: () => T): Promise<T> {
    this.#store?.refuseWhenClosed();
    return this.#turns.pass(work);
  }

  #claim({ id, fingerprint, token, lease, keep }: CommandClaim): ClaimOutcome {
    const now = this.#clock.now();
    this.#forgetSome(now);
    const known = this.#commands.get(id);
    if (known && !isFree({ done: known.result !== undefined, ...known }, now)) {
      if (known.result) return { state: 'done', fingerprint: known.fingerprint, result: known.result };
      if (known.token !== token) return { state: 'running', fingerprint: known.fingerprint };
    }
    const until = now + lease;
    this.#commands.set(id, { fingerprint, token, keep, lease, until, expires: until + keep, result: undefined });
    return { state: 'claimed' };
  }

  #of({ id, token }: ClaimName): KnownCommand | undefined {
    const known = this.#commands.get(id);
    return known?.token === token ? known : undefined;
  }

  #done(known: KnownCommand, result: CommandResult): void {
    known.result = result;
    known.until = this.#clock.now() + known.keep;
  }

  /** Cycles through all commands, a few at a time, so that no claim takes long and every expired command is deleted. */
  #forgetSome(now: number): void {
    for (let count = 0; count < MAX_LOOKED_AT; count++) {
      const next = this.#looking.next();
      if (next.done) {
        this.#looking = this.#commands.entries();
        return;
      }
      const [id, { until, expires }] = next.value;
      if (until <= now && expires <= now) this.#commands.delete(id);
    }
  }
}
