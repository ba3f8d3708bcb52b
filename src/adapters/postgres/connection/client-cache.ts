import type { PostgresPool, PostgresQuery } from './driver';
import { borrow, type PooledClient } from './pooled-client';

/** How long a client is kept, in milliseconds: so long another part of the application may have to wait for one. */
const MAX_KEPT_MS = 100;

/** What a pool of `pg` tells of itself. */
interface CountingPool extends PostgresPool {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
  readonly options: { readonly max: number };
}

/**
 * Asks on clients of the pool, and keeps those that have answered for a moment, for the next question: lending one
 * costs the pool two timers, four listeners and a turn of the event loop, a twentieth of the time of a command. It
 * keeps none that others may need: only while the pool has another one left, and no caller waits.
 */
export class ClientCache {
  readonly #pool: PostgresPool;
  readonly #counting: CountingPool | undefined;
  readonly #kept: PooledClient[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(pool: PostgresPool) {
    this.#pool = pool;
    this.#counting = counts(pool) ? pool : undefined;
  }

  /** Asks as the pool does: a client whose question has failed is ended. */
  async query(query: PostgresQuery): Promise<{ rows: any[] }> {
    if (!this.#counting) return this.#pool.query(query);
    const lent = this.#take() ?? (await borrow(this.#pool));
    try {
      const answer = await lent.client.query(query);
      this.#keep(lent, this.#counting);
      return answer;
    } catch (error) {
      lent.end(error);
      throw error;
    }
  }

  /** Gives back all that nobody uses right now. */
  giveBack(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const lent of this.#kept.splice(0)) lent.giveBack();
  }

  /** Returns the client that was used last, and gives those back whose connection was lost meanwhile. */
  #take(): PooledClient | undefined {
    for (;;) {
      const lent = this.#kept.pop();
      if (!lent?.lost) return lent;
      lent.giveBack();
    }
  }

  #keep(lent: PooledClient, { totalCount, idleCount, waitingCount, options }: CountingPool): void {
    const roomForOthers = waitingCount === 0 && (idleCount > 0 || totalCount < options.max);
    if (!roomForOthers || lent.lost || performance.now() - lent.since > MAX_KEPT_MS) lent.giveBack();
    else {
      this.#kept.push(lent);
      this.#timer ??= setTimeout(() => this.giveBack(), MAX_KEPT_MS);
    }
  }
}

function counts(pool: PostgresPool): pool is CountingPool {
  const { totalCount, idleCount, waitingCount, options } = pool as Partial<CountingPool>;
  return [totalCount, idleCount, waitingCount, options?.max].every(count => typeof count === 'number');
}
