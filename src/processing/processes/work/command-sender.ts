import { backOff, pause, type RetryRule } from '../../../concurrency';
import { type CommandOutcome, EventualityError, type MessageCause } from '../../../messages';
import type { NewProcessOutput } from '../../../store';
import { eventRetry } from '../../definition/event-retry';
import type { OutputContent } from '../turns/encoded-decisions';
import type { ProcessCommands } from './process-commands';

/** How many commands of a segment run at once: so many share a transaction of their claims, and one of their events. */
const MAX_SENDING = 256;
const STORE_PAUSE_MS = 100;
const MAX_STORE_PAUSE_MS = 5000;

/** The outcome of a command. */
export interface SentCommand {
  readonly output: NewProcessOutput;
  readonly outcome: CommandOutcome | undefined;
  /** What its last attempt threw, if it failed. */
  readonly error: unknown;
}

/** What a sender needs. */
export interface CommandSenderParts {
  readonly commands: ProcessCommands;
  readonly retry: RetryRule | undefined;
  /** Aborted when nothing more is to be sent. */
  readonly ending: AbortSignal;
  /** Called when a command has an outcome. */
  readonly sent: () => void;
  /** Called when the store or the flow failed; the command is retried. */
  readonly troubled: (error: unknown) => void;
}

/** Sends the commands of one segment: those of an instance one at a time, each after the outcome of the one before. */
export class CommandSender {
  readonly #queues = new Map<string, NewProcessOutput[]>();
  /** By instance, the id of the command that is running or whose outcome is not stored yet. */
  readonly #busy = new Map<string, string>();
  readonly #running = new Set<Promise<void>>();
  #outcomes: SentCommand[] = [];

  constructor(private readonly parts: CommandSenderParts) {}

  /** How many commands are to be sent or have an outcome that is not stored yet. */
  get size(): number {
    let size = this.#busy.size;
    for (const queue of this.#queues.values()) size += queue.length;
    return size;
  }

  /** Queues commands after those of the same instance. */
  add(outputs: readonly NewProcessOutput[]): void {
    for (const output of outputs) {
      if (this.#busy.get(output.instance) === output.id) continue;
      const queue = this.#queues.get(output.instance);
      if (queue) queue.push(output);
      else this.#queues.set(output.instance, [output]);
    }
    this.#start();
  }

  /** Drops the commands that an instance has not sent yet. */
  drop(instance: string): void {
    this.#queues.delete(instance);
  }

  /** Drops all commands that were not sent yet; they will be added again. */
  dropAll(): void {
    this.#queues.clear();
  }

  /** Takes the outcomes so far. The next commands of their instances are sent once `stored` is called. */
  takeOutcomes(): readonly SentCommand[] {
    const outcomes = this.#outcomes;
    this.#outcomes = [];
    return outcomes;
  }

  /** Puts back outcomes that could not be stored. */
  putBack(outcomes: readonly SentCommand[]): void {
    this.#outcomes = [...outcomes, ...this.#outcomes];
  }

  get hasOutcomes(): boolean {
    return this.#outcomes.length > 0;
  }

  /** Called when outcomes are stored: the commands after them can be sent. */
  stored(outcomes: readonly SentCommand[]): void {
    for (const { output } of outcomes) this.#busy.delete(output.instance);
    this.#start();
  }

  /** Resolves when no command is running. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  /** Resolves when another command has an outcome, or none is running. */
  async next(): Promise<void> {
    if (!this.hasOutcomes && this.#running.size > 0) await Promise.race(this.#running);
  }

  #start(): void {
    for (const [instance, queue] of this.#queues) {
      if (this.#running.size >= MAX_SENDING || this.parts.ending.aborted) return;
      if (this.#busy.has(instance)) continue;
      const output = queue.shift()!;
      if (queue.length === 0) this.#queues.delete(instance);
      this.#busy.set(instance, output.id);
      const run = this.#send(output).finally(() => {
        this.#running.delete(run);
        this.#start();
      });
      this.#running.add(run);
    }
  }

  async #send(output: NewProcessOutput): Promise<void> {
    const { commands, ending, retry, sent, troubled } = this.parts;
    const { command, cause } = output.content as OutputContent;
    const options = { commandId: output.id, cause: cause as MessageCause, signal: ending };
    const rule = eventRetry(retry);
    for (let attempt = 1, failures = 0; !ending.aborted; ) {
      let error: unknown;
      try {
        const outcome = await commands.dispatch(command, options);
        this.#outcomes.push({ output, outcome, error: undefined });
        return sent();
      } catch (thrown) {
        error = thrown;
      }
      if (ending.aborted) return;
      if (isOfStore(error)) {
        if (++failures === 1) troubled(error);
        await pause(backOff(failures, STORE_PAUSE_MS, MAX_STORE_PAUSE_MS), ending);
      } else if (attempt++ >= rule.attempts || isInvalid(error)) {
        this.#outcomes.push({ output, outcome: undefined, error });
        return sent();
      } else await pause(backOff(attempt - 1, rule.delay, rule.maxDelay), ending);
    }
  }
}

/** A command that does not fit its schema never will. */
const isInvalid = (error: unknown): boolean => EventualityError.is(error) && error.code === 'INVALID_MESSAGE';

const OF_STORE = new Set(['STORE_CLOSED', 'STORE_GONE', 'HISTORY_REPLACED', 'CLAIM_LOST', 'FLOW_CLOSED']);

/** Tells a failure of the store, or of a closing flow, from one of the command. The former is retried without limit. */
function isOfStore(error: unknown): boolean {
  if (!EventualityError.is(error)) return false;
  return OF_STORE.has(error.code) || error.code.startsWith('POSTGRES_') || error.code.startsWith('SQLITE_');
}
