import type { PostgresPool, PostgresPoolClient, PostgresQuery } from './driver';
import { borrow } from './lent-client';

/** How long a client is kept, in milliseconds: so long another part of the application may have to wait for one. */
const LONGEST = 100;

/** What a pool of `pg` tells of itself. */
interface CountingPool extends PostgresPool {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
  readonly options: { readonly max: number };
}

/**
 * Asks on clients of the pool, and keeps those that have answered for a moment, for the next question: lending one costs the pool two timers, four
 * listeners and a turn of the event loop, a twentieth of the time of a command. It keeps none that others may need: only while the pool has
 * another one left, and nobody is waiting.
 */
export class KeptClients {
  readonly #pool: PostgresPool;
  readonly #counting: CountingPool | undefined;
  readonly #kept: KeptClient[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** Goes up whenever all are given back: who was lent before does not stay. */
  #round = 0;

  constructor(pool: PostgresPool) {
    this.#pool = pool;
    this.#counting = counts(pool) ? pool : undefined;
  }

  /** Asks as the pool does: a client whose question has failed is ended. */
  async query(query: PostgresQuery): Promise<{ rows: any[] }> {
    if (!this.#counting) return this.#pool.query(query);
    const kept = this.#kept.pop() ?? (await borrow(this.#pool, client => new KeptClient(client, this.#round, this.#kept)));
    try {
      const answer = await kept.client.query(query);
      this.#keep(kept, this.#counting);
      return answer;
    } catch (error) {
      kept.end(error);
      throw error;
    }
  }

  /** Gives back all that nobody uses right now. */
  giveBack(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#round++;
    for (const kept of this.#kept.splice(0)) kept.giveBack();
  }

  #keep(kept: KeptClient, { totalCount, idleCount, waitingCount, options }: CountingPool): void {
    const roomForOthers = waitingCount === 0 && (idleCount > 0 || totalCount < options.max);
    if (!roomForOthers || kept.round !== this.#round || kept.lost) kept.giveBack();
    else {
      this.#kept.push(kept);
      this.#timer ??= setTimeout(() => this.giveBack(), LONGEST);
    }
  }
}

/** A client on loan. */
class KeptClient {
  /** What its connection has ended with. */
  lost: Error | undefined;
  // Without a listener a connection that is lost between two questions would end the process.
  readonly #onError = (error: Error): void => {
    this.lost = error;
    const place = this.shelf.indexOf(this);
    if (place < 0) return;
    this.shelf.splice(place, 1);
    this.giveBack();
  };

  constructor(
    readonly client: PostgresPoolClient,
    readonly round: number,
    /** Where it is while nobody uses it. */
    private readonly shelf: KeptClient[],
  ) {
    client.on?.('error', this.#onError);
  }

  giveBack(): void {
    if (this.lost) this.end(this.lost);
    else {
      this.client.removeListener?.('error', this.#onError);
      this.client.release();
    }
  }

  /** The listener stays: a connection that is being ended may still fail. */
  end(error: unknown): void {
    this.client.release(error instanceof Error ? error : new Error(String(error)));
  }
}

function counts(pool: PostgresPool): pool is CountingPool {
  const { totalCount, idleCount, waitingCount, options } = pool as Partial<CountingPool>;
  return [totalCount, idleCount, waitingCount, options?.max].every(count => typeof count === 'number');
}
