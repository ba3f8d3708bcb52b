import { Batches } from '../../../concurrency';
import { EventualityError } from '../../../messages';
import { type AppendOutcome, streamKey } from '../../../store';
import { failureKind } from '../connection/failures';
import type { UnitResult } from './append-batch';
import type { AppendRequest } from './append-request';
import type { AppendSender } from './append-sender';

const MAX_BATCH_EVENTS = 1000;
const MAX_BATCH_CHARACTERS = 4 * 1024 * 1024;
const MAX_CONCURRENT_BATCHES = 4;
// On two cores, one batch at a time had one and a half times the throughput of two, with a fast disk and with a slow
// one. A batch that takes longer than this is held up.
const MAX_WAIT_MS = 50;

interface Waiting {
  readonly unit: AppendRequest;
  /** What two concurrent batches must not have in common: streams, commands, and ids that callers chose. */
  readonly keys: readonly string[];
  settle(outcome: AppendOutcome): void;
  fail(error: unknown): void;
}

/**
 * Groups the appends of many callers into few transactions: appends that arrive while a batch is in progress go into
 * the next one. Appends to one stream keep their order.
 *
 * A unit that would have to wait for another transaction's stream, or whose batch failed, is sent alone beside the
 * batches, so that it neither delays nor fails other appends.
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
      maxConcurrent: MAX_CONCURRENT_BATCHES,
      ...{ maxWait: MAX_WAIT_MS, hasRoom },
      mustWait: waiting => waiting.keys.some(key => this.#onTheirWay.has(key)),
      run: batch => this.#sendTogether(batch),
    });
    this.#alone = new Batches({
      maxConcurrent: MAX_CONCURRENT_BATCHES,
      maxWait: 0,
      hasRoom: () => false,
      run: ([waiting]) => this.#sendAlone(waiting!),
    });
  }

  /** Whether a batch of appends is in progress, or appends wait for one. */
  get busy(): boolean {
    return this.#together.busy;
  }

  append(unit: AppendRequest): Promise<AppendOutcome> {
    const keys = [...unit.appends.map(({ stream }) => streamKey(stream)), ...unit.chosenIds];
    // No stream's key starts like this, because names are not empty.
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
 * The indexes of the results in the order of their positions, so that callers continue in the order in which their
 * events were stored.
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

// Units that share a chosen id or a command go one after the other: only then does the second one see that it is a
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
