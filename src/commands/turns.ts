import type { CommandMessage } from '../messages';
import { DeadlockError, ReentrantCommandError, TurnsYieldedError } from './errors';

/** How many free turns are kept before they are removed. */
const MAX_FREE = 1000;

/** A command that waits for a turn. */
interface Waiting {
  readonly message: CommandMessage;
  grant(): void;
  refuse(error: unknown): void;
}

/** The turn of one aggregate: one command has it at a time. A command that has entered must {@link Turns.leave} it. */
export class Turn {
  holder: CommandMessage | undefined;
  waiting: Waiting[] | undefined;

  constructor(
    readonly aggregateName: string,
    readonly id: string,
  ) {}
}

/**
 * Lets the commands of a process to one aggregate run one after another, in the order in which they were dispatched.
 * Commands to other aggregates run meanwhile.
 *
 * Commands that wait for each other would wait forever. So before a command waits, the wait-for graph is searched for a
 * cycle; its nodes are commands and the commands that their handlers dispatch. In a cycle, a command that can run again
 * gives its turns back; if there is none, the command that would wait is refused.
 */
export class Turns {
  readonly #turns = new Map<string, Turn>();
  #held = 0;

  constructor(readonly aggregateName: string) {}

  /**
   * Enters a turn: immediately if it is free, otherwise when the promise resolves. Undefined if the turn's holder waits
   * for this command and lets it pass.
   * @throws ReentrantCommandError, DeadlockError, TurnsYieldedError; a promise also rejects with the reason of the
   * signal
   */
  enter(id: string, message: CommandMessage, signal?: AbortSignal): Turn | Promise<Turn> | undefined {
    const turn = this.#turns.get(id);
    return turn?.holder ? this.#busy(turn, turn.holder, message, signal) : this.#enter(turn, id, message);
  }

  /** Enters a turn if it is free. */
  enterFree(id: string, message: CommandMessage): Turn | undefined {
    const turn = this.#turns.get(id);
    return turn?.holder ? undefined : this.#enter(turn, id, message);
  }

  #enter(turn: Turn | undefined, id: string, message: CommandMessage): Turn {
    this.#held++;
    if (turn) {
      turn.holder = message;
      return turn;
    }
    const added = new Turn(this.aggregateName, id);
    added.holder = message;
    this.#turns.set(id, added);
    return added;
  }

  /** Lets the next command in. */
  leave(turn: Turn): void {
    const next = turn.waiting?.shift();
    if (next) {
      turn.holder = next.message;
      next.grant();
    } else this.#free(turn);
  }

  /** Takes a command out of the queue of a turn. */
  withdraw(id: string, message: CommandMessage): void {
    for (const waiting of this.#turns.get(id)?.waiting ?? [])
      if (waiting.message === message) waiting.refuse(new TurnsYieldedError(message.name));
  }

  #free(turn: Turn): void {
    turn.holder = undefined;
    this.#held--;
    // Not deleted each time: an almost empty Map allocates a new table for each delete, a sixth of the time of a
    // command in memory.
    if (this.#turns.size > this.#held * 2 + MAX_FREE) this.#sweep();
  }

  #busy(
    turn: Turn,
    holder: CommandMessage,
    message: CommandMessage,
    signal: AbortSignal | undefined,
  ): Promise<Turn> | undefined {
    for (let outer = message.parent; outer; outer = outer.parent) {
      if (outer !== holder) continue;
      if (outer.restartable) return undefined;
      throw new ReentrantCommandError(message.name, outer.name, turn.aggregateName, turn.id);
    }
    signal?.throwIfAborted();
    // A command without a turn does not make others wait.
    if (message.parent || message.restartable || message.options.commandId !== undefined) breakCycles(turn, message);
    return wait(turn, message, signal);
  }

  #sweep(): void {
    if (this.#held === 0) this.#turns.clear();
    else for (const [key, turn] of this.#turns) if (!turn.holder) this.#turns.delete(key);
  }
}

/** The turns that commands, and the commands that they have dispatched, wait for. */
const waitsOf = new WeakMap<CommandMessage, Set<Turn>>();

function wait(turn: Turn, message: CommandMessage, signal: AbortSignal | undefined): Promise<Turn> {
  return new Promise((resolve, reject) => {
    const over = (): void => {
      signal?.removeEventListener('abort', onAbort);
      for (let each: CommandMessage | undefined = message; each; each = each.parent) waitsOf.get(each)?.delete(turn);
    };
    const waiting: Waiting = {
      message,
      grant: () => {
        over();
        resolve(turn);
      },
      refuse: error => {
        over();
        turn.waiting = turn.waiting!.filter(each => each !== waiting);
        reject(error);
      },
    };
    const onAbort = (): void => waiting.refuse(signal!.reason);
    turn.waiting ??= [];
    turn.waiting.push(waiting);
    for (let each: CommandMessage | undefined = message; each; each = each.parent)
      waitsOf.set(each, (waitsOf.get(each) ?? new Set()).add(turn));
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** A turn that is waited for, and a command that holds it or will hold it earlier. */
interface Step {
  readonly turn: Turn;
  readonly blocker: CommandMessage;
}

/**
 * @throws TurnsYieldedError when the command is to give its turns back, DeadlockError when no command of a cycle can
 */
function breakCycles(turn: Turn, message: CommandMessage): void {
  for (let cycle = findCycle(turn, message); cycle; cycle = findCycle(turn, message)) {
    const last = cycle.at(-1)!.blocker;
    if (last === message && message.restartable) throw new TurnsYieldedError(message.name);
    const [victim] = cycle.slice(0, -1).flatMap(({ blocker }, index) => ownWait(blocker, cycle![index + 1]!.turn));
    if (!victim) throw new DeadlockError(message.name, cycle.map(awaited));
    victim.refuse(new TurnsYieldedError(victim.message.name));
  }
}

const awaited = ({ turn: { aggregateName, id }, blocker: { name } }: Step) => ({
  aggregateName,
  aggregateId: id,
  commandName: name,
});

/** The command's place in the queue of a turn, if it waits itself and can run again. */
function ownWait(message: CommandMessage, turn: Turn): Waiting[] {
  return message.restartable ? (turn.waiting?.filter(waiting => waiting.message === message) ?? []) : [];
}

/**
 * Finds a path from a turn, through its holders and what they wait for, back to the command that is about to wait for
 * it, or to one that waits for that command.
 */
function findCycle(turn: Turn, message: CommandMessage): Step[] | undefined {
  const seen = new Set<CommandMessage>();
  const search = (next: Turn, behind: CommandMessage | undefined): Step[] | undefined => {
    for (const blocker of blockersOf(next, behind)) {
      const step = { turn: next, blocker };
      if (isWithin(message, blocker)) return [step];
      if (seen.has(blocker)) continue;
      seen.add(blocker);
      for (const awaited of waitsOf.get(blocker) ?? []) {
        const rest = search(awaited, blocker);
        if (rest) return [step, ...rest];
      }
    }
    return undefined;
  };
  return search(turn, undefined);
}

/** The command that holds a turn, and those that get it before a given command. */
function* blockersOf(turn: Turn, behind: CommandMessage | undefined): Generator<CommandMessage> {
  if (turn.holder) yield turn.holder;
  for (const { message } of turn.waiting ?? []) {
    if (behind && isWithin(message, behind)) return;
    yield message;
  }
}

/** Tells whether a command is the outer one, or was dispatched by its handler, directly or not. */
function isWithin(message: CommandMessage, outer: CommandMessage): boolean {
  for (let each: CommandMessage | undefined = message; each; each = each.parent) if (each === outer) return true;
  return false;
}
