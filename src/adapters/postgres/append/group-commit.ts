import { Batches } from '../../../concurrency';
import { EventualityError } from '../../../messages';
import { type AppendOutcome, streamKey } from '../../../store';
import type { Database, Statement } from '../connection/database';
import { failureKind } from '../connection/failures';
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

const MAX_BATCH_EVENTS = 1000;
const MAX_BATCH_CHARACTERS = 4 * 1024 * 1024;
const MAX_CONCURRENT_BATCHES = 4;
// On two cores one batch at a time brought half as much again as two, with a fast disk as with a slow one. A batch that
// takes longer is held up.
const MAX_WAIT_MS = 50;

interface Waiting {
  readonly unit: AppendRequest;
  /** What no two batches on their way may have in common: streams, commands, and ids that the callers chose. */
  readonly keys: readonly string[];
  settle(outcome: AppendOutcome): void;
  fail(error: unknown): void;
}

/**
 * Appends of many callers in few transactions: while one is on its way, what comes meanwhile goes in the next. Appends
 * to one stream keep the order in which they came.
 *
 * A unit that would have to wait for a stream that another transaction holds, or that came to grief together with
 * others, is sent alone, beside the batches, so that it holds no other append up and spoils nothing.
 */
export class GroupCommit {
  readonly #together: Batches<Waiting>;
  readonly #alone: Batches<Waiting>;
  readonly #onTheirWay = new Set<string>();

  constructor(
    private readonly sender: AppendSender,
    private readonly appended: () => void,
  ) {
    this.#together = new Batches({
      ...{ lanes: MAX_CONCURRENT_BATCHES, patience: MAX_WAIT_MS, hasRoom },
      mustWait: waiting => waiting.keys.some(key => this.#onTheirWay.has(key)),
      run: batch => this.#sendTogether(batch),
    });
    this.#alone = new Batches({
      ...{ lanes: MAX_CONCURRENT_BATCHES, patience: 0 },
      hasRoom: () => false,
      run: ([waiting]) => this.#sendAlone(waiting!),
    });
  }

  /** Whether a batch of appends is on its way, or somebody waits for one. */
  get busy(): boolean {
    return this.#together.busy;
  }

  append(unit: AppendRequest): Promise<AppendOutcome> {
    const keys = [...unit.appends.map(({ stream }) => streamKey(stream)), ...unit.chosenIds];
    // No stream's key begins so: a name is not empty.
    if (unit.command) keys.push(`\0${unit.command.id}`);
    return new Promise((settle, fail) => this.#together.add({ unit, keys, settle, fail }));
  }

  async #sendTogether(batch: readonly Waiting[]): Promise<() => void> {
    const keys = batch.flatMap(waiting => waiting.keys);
    for (const key of keys) this.#onTheirWay.add(key);
    try {
      const results = await this.sender.send(batch.map(waiting => waiting.unit));
      return () => {
        this.appended();
        for (const index of inOrderOfPositions(results)) this.#settle(batch[index]!, results[index]!);
      };
    } catch (error) {
      const ownFault = batch.length > 1 && !EventualityError.is(error) && failureKind(error) !== 'connection';
      return () => {
        for (const waiting of batch) ownFault ? this.#alone.add(waiting) : waiting.fail(error);
      };
    } finally {
      for (const key of keys) this.#onTheirWay.delete(key);
    }
  }

  async #sendAlone(waiting: Waiting): Promise<() => void> {
    try {
      const result = await this.sender.sendPatiently(waiting.unit);
      return () => {
        this.appended();
        this.#settle(waiting, result);
      };
    } catch (error) {
      return () => waiting.fail(error);
    }
  }

  #settle(waiting: Waiting, result: UnitResult): void {
    if (result === 'busy') this.#alone.add(waiting);
    else if (typeof result === 'string') this.sender.resolved(waiting.unit, result).then(waiting.settle, waiting.fail);
    else waiting.settle(result);
  }
}

/**
 * Sends batches to the append function, again where the reply was lost: by the ids of the events nothing is stored
 * twice.
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
    return this.database.again(repeated => this.#once(units, { repeated, wait: false, now: this.#now() }));
  }

  /** Sends a unit that has been sent before, and waits for streams that others hold. */
  async sendPatiently(unit: AppendRequest): Promise<UnitResult> {
    const [result] = await this.database.again(() =>
      this.#once([unit], { repeated: true, wait: true, now: this.#now() }),
    );
    return result!;
  }

  /** Finds out what becomes of a unit that was not simply appended. */
  resolved(unit: AppendRequest, result: Unresolved): Promise<AppendOutcome> {
    return this.#stored.outcomeOf(unit, result, (question, values) => this.database.askAgain(question, values));
  }

  async #once(units: readonly AppendRequest[], mode: BatchMode): Promise<UnitResult[]> {
    const results =
      mode.repeated || mode.wait ? new Map<AppendRequest, UnitResult>() : await this.#atVersions(units, mode.now);
    const left = units.filter(unit => !results.has(unit));
    if (left.length > 0)
      (await this.#generally(left, mode)).forEach((result, index) => void results.set(left[index]!, result));
    return units.map(unit => results.get(unit)!);
  }

  async #generally(units: readonly AppendRequest[], mode: BatchMode): Promise<UnitResult[]> {
    if (units.some(({ command }) => command !== undefined))
      return sendClaimed(this.#appendClaimed, units, mode, (question, values) =>
        this.database.askRaw(question, values),
      );
    const [row] = await this.database.askRaw(this.#append, batchValues(units, mode));
    return batchResults(row!, units);
  }

  /**
   * Tries the short ways, for what is sent for the first time: one event, or streams at versions that are known. What
   * they refuse has no result.
   */
  async #atVersions(units: readonly AppendRequest[], now: number | undefined): Promise<Map<AppendRequest, UnitResult>> {
    const one = oneEventValues(units, now);
    if (one) {
      const outcome = oneEventOutcome((await this.database.askRaw(this.#appendOne, one))[0]!, units[0]!);
      return new Map(outcome && [[units[0]!, outcome]]);
    }
    const batch = ExpectedBatch.of(units);
    return batch ? batch.results((await this.database.askRaw(this.#appendExpected, batch.values(now)))[0]!) : new Map();
  }

  #now(): number | undefined {
    return this.database.settings.clock?.now();
  }
}

/**
 * The places of results in the order of their positions: who appended first hears of it first, and what follows from
 * that comes in this order.
 */
function inOrderOfPositions(results: readonly UnitResult[]): readonly number[] {
  const places = results.map((_, index) => index);
  if (places.length === 1) return places;
  const positions = results.map(
    result => (typeof result === 'object' && result.ok && result.events[0]?.position) || 0n,
  );
  return places.sort((one, other) =>
    positions[one]! < positions[other]! ? -1 : positions[one]! > positions[other]! ? 1 : 0,
  );
}

// Units that share a chosen id, or a command, go one after the other: only then does the second see that it is a
// repetition.
function hasRoom(batch: readonly Waiting[], { unit }: Waiting): boolean {
  let events = unit.events.length;
  let characters = unit.characters;
  for (const { unit: other } of batch) {
    events += other.events.length;
    characters += other.characters;
    if (unit.command && other.command?.id === unit.command.id) return false;
    if (unit.chosenIds.length > 0 && other.chosenIds.some(id => unit.chosenIds.includes(id))) return false;
  }
  return events <= MAX_BATCH_EVENTS && characters <= MAX_BATCH_CHARACTERS;
}
