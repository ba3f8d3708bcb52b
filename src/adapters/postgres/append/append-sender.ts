import type { AppendOutcome } from '../../../store';
import type { Database } from '../connection/database';
import type { Ask, Statement } from '../connection/statement';
import {
  appendStatement,
  type BatchMode,
  batchResults,
  batchValues,
  type UnitResult,
  type Unresolved,
} from './append-batch';
import { appendClaimedStatement, sendClaimed } from './append-claimed';
import { appendExpectedStatement, ExpectedBatch } from './append-expected';
import { appendOneStatement, oneEventOutcome, oneEventValues } from './append-one';
import type { AppendRequest } from './append-request';
import { StoredUnits } from './stored-requests';

/**
 * Sends batches to the append function, and sends them again if the reply was lost: the event ids ensure that nothing
 * is stored twice.
 */
export class AppendSender {
  readonly #append: Statement;
  readonly #appendOne: Statement;
  readonly #appendExpected: Statement;
  readonly #appendClaimed: Statement;
  readonly #stored: StoredUnits;

  constructor(private readonly database: Database) {
    const { names, clock } = database.settings;
    this.#append = appendStatement(names);
    this.#appendOne = appendOneStatement(names);
    this.#appendExpected = appendExpectedStatement(names);
    this.#appendClaimed = appendClaimedStatement(names);
    this.#stored = new StoredUnits(names, clock);
  }

  send(units: readonly AppendRequest[]): Promise<UnitResult[]> {
    return this.database.again((ask, repeated) => this.#once(ask, units, { repeated, wait: false, now: this.#now() }));
  }

  /** Sends a unit again, and waits for streams that other transactions hold. */
  async sendPatiently(unit: AppendRequest): Promise<UnitResult> {
    const [result] = await this.database.again(ask =>
      this.#once(ask, [unit], { repeated: true, wait: true, now: this.#now() }),
    );
    return result!;
  }

  /** Sends a unit on a connection with an open transaction, and determines its outcome. */
  async sendWithin(ask: Ask, unit: AppendRequest): Promise<AppendOutcome> {
    let result: UnitResult = 'busy';
    // After waiting it is busy only if another transaction created the stream at that very moment.
    while (result === 'busy')
      [result] = (await this.#generally(ask, [unit], { repeated: false, wait: true, now: this.#now() })) as [
        UnitResult,
      ];
    return typeof result === 'string' ? this.#stored.outcomeOf(unit, result, ask) : result;
  }

  /** Determines the outcome of a unit that was not simply appended. */
  resolved(unit: AppendRequest, result: Unresolved): Promise<AppendOutcome> {
    return this.#stored.outcomeOf(unit, result, this.database.ask);
  }

  async #once(ask: Ask, units: readonly AppendRequest[], mode: BatchMode): Promise<UnitResult[]> {
    const results =
      mode.repeated || mode.wait ? new Map<AppendRequest, UnitResult>() : await this.#atVersions(ask, units, mode.now);
    const left = units.filter(unit => !results.has(unit));
    if (left.length > 0)
      (await this.#generally(ask, left, mode)).forEach((result, index) => void results.set(left[index]!, result));
    return units.map(unit => results.get(unit)!);
  }

  async #generally(ask: Ask, units: readonly AppendRequest[], mode: BatchMode): Promise<UnitResult[]> {
    if (units.some(({ command }) => command !== undefined)) return sendClaimed(this.#appendClaimed, units, mode, ask);
    const [row] = await ask(this.#append, batchValues(units, mode));
    return batchResults(row!, units);
  }

  /**
   * Tries the short ways for units sent for the first time: one event, or streams at known versions. A unit that they
   * refuse has no result.
   */
  async #atVersions(
    ask: Ask,
    units: readonly AppendRequest[],
    now: number | undefined,
  ): Promise<Map<AppendRequest, UnitResult>> {
    const one = oneEventValues(units, now);
    if (one) {
      const outcome = oneEventOutcome((await ask(this.#appendOne, one))[0]!, units[0]!);
      return new Map(outcome && [[units[0]!, outcome]]);
    }
    const batch = ExpectedBatch.of(units);
    return batch ? batch.results((await ask(this.#appendExpected, batch.values(now)))[0]!) : new Map();
  }

  #now(): number | undefined {
    return this.database.settings.clock?.now();
  }
}
