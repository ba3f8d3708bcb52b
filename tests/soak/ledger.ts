import type { RecordedEvent } from '../../src/messages';
import type { EventStore } from '../../src/store';
import { projectionsOf } from '../support/counting';
import { applied, type Balance, OPENED_WITH } from './bank';
import type { Said } from './processes';

/** What the events themselves say: folded page by page, so that a long run needs not fit into memory. */
export class Ledger {
  readonly balances = new Map<string, Balance>();
  events = 0;
  readonly #withdrawn = new Map<string, number>();
  readonly #deposited = new Map<string, number>();
  readonly #charged = new Map<string, number>();
  readonly #noted = new Map<string, number>();

  static async of(store: EventStore): Promise<Ledger> {
    const ledger = new Ledger();
    for (let after = 0n; ; ) {
      const page = await store.readAll({ after });
      if (page.length === 0) return ledger;
      for (const event of page) ledger.#take(event);
      after = page.at(-1)!.position;
    }
  }

  #take(event: RecordedEvent): void {
    this.events++;
    const { transfer, note, of } = event.payload as { transfer?: string; note?: string; of?: string };
    if (event.name === 'Withdrawn') count(this.#withdrawn, transfer!);
    if (event.name === 'Deposited') count(this.#deposited, transfer!);
    if (event.name === 'FeeCharged') count(this.#charged, of!);
    if (event.name === 'Noted') count(this.#noted, note!);
    if (event.aggregateName === 'Account')
      this.balances.set(event.aggregateId, applied(this.balances.get(event.aggregateId), event));
  }

  get transfers(): number {
    return this.#withdrawn.size;
  }

  /** What was acknowledged and is not there. */
  lost({ transfers, notes }: Said): number {
    return missing(transfers, this.#withdrawn) + missing(notes, this.#noted);
  }

  /** What is there more than once. */
  get doubled(): number {
    return [this.#withdrawn, this.#deposited, this.#noted].reduce((sum, counts) => sum + repeated(counts), 0);
  }

  /** Transfers of which one half is there. */
  get torn(): number {
    return missing(this.#withdrawn.keys(), this.#deposited) + missing(this.#deposited.keys(), this.#withdrawn);
  }

  /** By how much the money of all accounts differs from what was there at the beginning. */
  get created(): number {
    return Array.from(this.balances.values(), ({ balance }) => balance).reduce(
      (sum, each) => sum + each - OPENED_WITH,
      0,
    );
  }

  get feesMissing(): number {
    return missing(this.#withdrawn.keys(), this.#charged);
  }

  get feesTwice(): number {
    return repeated(this.#charged);
  }

  /** Documents of a projection that are not what the events make. */
  async different(store: EventStore, name: string): Promise<number> {
    const version = await projectionsOf(store).active(name);
    if (version === undefined) return this.balances.size;
    const documents = await projectionsOf(store).get(name, version, [...this.balances.keys()]);
    return Array.from(this.balances).filter(
      ([id, balance]) => !isSame(balance, documents.get(id) as Balance | undefined),
    ).length;
  }
}

const isSame = (wanted: Balance, found: Balance | undefined): boolean =>
  found !== undefined && (Object.keys(wanted) as (keyof Balance)[]).every(key => wanted[key] === found[key]);

const count = (counts: Map<string, number>, id: string): void => void counts.set(id, (counts.get(id) ?? 0) + 1);

const missing = (ids: Iterable<string>, counts: ReadonlyMap<string, number>): number =>
  Array.from(ids).filter(id => !counts.has(id)).length;

const repeated = (counts: ReadonlyMap<string, number>): number =>
  Array.from(counts.values()).reduce((sum, times) => sum + times - 1, 0);
