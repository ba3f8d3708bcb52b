import type { RecordedEvent } from '../../../src/messages';
import type { EventStore, StreamAppend } from '../../../src/store';

/** Milliseconds, by a clock that all processes of this machine share. */
export const machineTime = (): number => Number(process.hrtime.bigint() / 1000n) / 1000;

/** Measures how long after the answer to its append an event reaches the last of the processors. */
export class Lags {
  readonly #answered = new Map<string, number>();
  readonly #seen = new Map<string, number>();

  get appended(): number {
    return this.#answered.size;
  }

  async append(store: EventStore, append: StreamAppend): Promise<void> {
    const outcome = await store.append([append]);
    if (!outcome.ok) throw new Error('"any" was a conflict');
    const now = performance.now();
    for (const { id } of outcome.events) this.#answered.set(id, now);
  }

  /** Follows a store in the background and keeps what it is given, in order. */
  follow(store: EventStore): RecordedEvent[] {
    const seen: RecordedEvent[] = [];
    void (async () => {
      for await (const page of store.subscribe()) {
        const now = performance.now();
        for (const event of page) this.#seen.set(event.id, now);
        seen.push(...page);
      }
    })();
    return seen;
  }

  /** Returns the lags of the events that were answered in this time, in milliseconds. */
  between(from: number, until: number): number[] {
    const lags: number[] = [];
    for (const [id, answered] of this.#answered) {
      const seen = this.#seen.get(id);
      if (seen !== undefined && answered >= from && answered < until) lags.push(Math.max(0, seen - answered));
    }
    return lags;
  }
}

/** Returns the value below which this part of all is. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}

/** Counts the events that do not follow on the version before in their stream. */
export function inversions(seen: readonly { aggregateName: string; aggregateId: string; version: number }[]): number {
  const versions = new Map<string, number>();
  let count = 0;
  for (const { aggregateName, aggregateId, version } of seen) {
    const stream = JSON.stringify([aggregateName, aggregateId]);
    if (version !== (versions.get(stream) ?? 0) + 1) count++;
    versions.set(stream, version);
  }
  return count;
}
