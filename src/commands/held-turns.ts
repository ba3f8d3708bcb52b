import type { CommandMessage } from '../messages';
import { type StreamName, streamKey } from '../store';
import { TurnsYieldedError } from './errors';
import { type Turn, Turns } from './turns';

/** The turns of all aggregates of a flow, by the aggregate's name. */
export class TurnRegistry {
  readonly #byName = new Map<string, Turns>();

  of(aggregateName: string): Turns {
    let turns = this.#byName.get(aggregateName);
    if (!turns) {
      turns = new Turns(aggregateName);
      this.#byName.set(aggregateName, turns);
    }
    return turns;
  }
}

interface Held {
  readonly aggregateName: string;
  readonly id: string;
  /** Absent if there was nothing to wait for. */
  readonly entered?: Promise<unknown>;
  /** Absent while the command waits, and if the turn's holder lets it pass. */
  turn?: Turn | undefined;
  givenBack?: true;
}

/**
 * The turns that one command takes while its handler loads several aggregates; it keeps them until the events are
 * appended.
 */
export class HeldTurns {
  // Created when used: many handler functions take no turn.
  #held: Map<string, Held> | undefined;
  /** Every turn that this command has taken, or wanted to take. */
  #wanted: Map<string, StreamName> | undefined;
  #yielded: TurnsYieldedError | undefined;

  constructor(
    private readonly registry: TurnRegistry,
    private readonly message: CommandMessage,
  ) {
    message.restartable = true;
  }

  /** Set when the command must give its turns back and run again, whatever its handler makes of the error. */
  get yielded(): TurnsYieldedError | undefined {
    return this.#yielded;
  }

  /**
   * Takes the turn of an aggregate, once; returns undefined if there is nothing to wait for.
   * @throws TurnsYieldedError, DeadlockError, ReentrantCommandError; a promise also rejects with the reason of the
   * command's signal
   */
  take(aggregateName: string, id: string): Promise<void> | undefined {
    if (this.#yielded) throw this.#yielded;
    const key = streamKey({ aggregateName, aggregateId: id });
    this.#wanted ??= new Map();
    this.#wanted.set(key, { aggregateName, aggregateId: id });
    try {
      const { entered } = this.#held?.get(key) ?? this.#enter(key, aggregateName, id);
      return entered && this.#whenEntered(entered);
    } catch (error) {
      throw this.#noted(error);
    }
  }

  async #whenEntered(entered: Promise<unknown>): Promise<void> {
    try {
      await entered;
    } catch (error) {
      throw this.#noted(error);
    }
  }

  #noted(error: unknown): unknown {
    if (error instanceof TurnsYieldedError) this.#yielded ??= error;
    return error;
  }

  /**
   * Gives all turns back, and takes them again in the order that all commands use, so that two commands that waited for
   * each other do not do so again.
   */
  async takeAgain(): Promise<void> {
    const wanted = [...(this.#wanted ?? [])].sort(([left], [right]) => (left < right ? -1 : 1));
    this.giveBack();
    this.#yielded = undefined;
    for (const [, { aggregateName, aggregateId }] of wanted) await this.take(aggregateName, aggregateId);
  }

  giveBack(): void {
    if (!this.#held) return;
    for (const held of this.#held.values()) {
      const turns = this.registry.of(held.aggregateName);
      held.givenBack = true;
      if (held.turn) turns.leave(held.turn);
      else turns.withdraw(held.id, this.message);
    }
    this.#held.clear();
  }

  #enter(key: string, aggregateName: string, id: string): Held {
    const turns = this.registry.of(aggregateName);
    const entered = turns.enter(id, this.message, this.message.options.signal);
    if (!(entered instanceof Promise)) return this.#hold(key, { aggregateName, id, turn: entered });
    const held: Held = {
      aggregateName,
      id,
      entered: entered.then(turn => {
        if (held.givenBack) turns.leave(turn);
        else held.turn = turn;
      }),
    };
    return this.#hold(key, held);
  }

  #hold(key: string, held: Held): Held {
    this.#held ??= new Map();
    this.#held.set(key, held);
    return held;
  }
}
