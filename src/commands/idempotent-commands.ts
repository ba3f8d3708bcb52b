import { pauseAfter } from '../concurrency';
import {
  type CommandMessage,
  type CommandOutcome,
  commandFingerprint,
  type EventReader,
  EventualityError,
  type FailureReporting,
  failed,
  newId,
  reportAs,
  succeeded,
} from '../messages';
import {
  type ClaimName,
  type CommandJournal,
  type CommandResult,
  type EventStore,
  InMemoryCommandJournal,
} from '../store';
import { CommandIdReusedError } from './errors';
import { Turns } from './turns';

/** How long others wait for a command without a sign of life from the process that carries it out, in milliseconds. */
const LEASE_MS = 5000;
const RENEWAL_INTERVAL_MS = LEASE_MS / 3;
/** How often to check whether another process has completed a command, in milliseconds. */
const POLLING = { delay: 4, maxDelay: 100 };

/** Where the outcomes of commands are kept, and for how long. */
export interface IdempotencyOptions {
  readonly eventStore: EventStore;
  /** How the events of a repeated command are read: other code may have stored them. */
  readonly eventReader: EventReader;
  /** Milliseconds. */
  readonly retention: number;
  readonly reporting: FailureReporting;
}

/**
 * Carries out a command with an id once, however often and by however many processes it is dispatched. Each repetition
 * waits for the first and resolves to its outcome. An error is not kept: then a repetition carries the command out.
 */
export class IdempotentCommands {
  readonly #journal: CommandJournal;
  /** For a store that keeps no commands: then only this process knows them. */
  readonly #own: InMemoryCommandJournal | undefined;
  readonly #turns = new Turns('the command with the id');

  constructor(private readonly options: IdempotencyOptions) {
    const { commands } = options.eventStore;
    if (!commands) this.#own = new InMemoryCommandJournal();
    this.#journal = commands ?? this.#own!;
  }

  /**
   * @param work carries the command out, and records its events under the claim of the message; called again only if
   * the claim was lost
   * @throws CommandIdReusedError, DeadlockError, the reason of the command's signal, and whatever the work throws
   */
  async run(message: CommandMessage, work: () => Promise<CommandOutcome>): Promise<CommandOutcome> {
    const { id } = message;
    for (let outer = message.parent; outer; outer = outer.parent)
      if (outer.options.commandId === id)
        throw new CommandIdReusedError(id, message.name, `which is that of ${outer.name}, whose handler dispatches it`);
    const turn = await this.#turns.enter(id, message, message.options.signal);
    try {
      return await this.#untilDone(message, work);
    } finally {
      this.#turns.leave(turn!);
    }
  }

  async #untilDone(message: CommandMessage, work: () => Promise<CommandOutcome>): Promise<CommandOutcome> {
    const { id, name, command, options } = message;
    const fingerprint = commandFingerprint(name, command);
    for (let attempt = 1; ; attempt++) {
      options.signal?.throwIfAborted();
      const claim = { id, token: newId() };
      const answer = await this.#journal.claim({
        fingerprint,
        lease: LEASE_MS,
        keep: this.options.retention,
        ...claim,
      });
      if (answer.state !== 'claimed' && answer.fingerprint !== fingerprint)
        throw new CommandIdReusedError(
          id,
          name,
          'under which a command of another name or content was dispatched before',
        );
      if (answer.state === 'done') return this.#outcomeOf(answer.result);
      const outcome = answer.state === 'claimed' ? await this.#carryOut(message, claim, work) : undefined;
      if (outcome) return outcome;
      await pauseAfter(attempt, POLLING, options.signal);
    }
  }

  /** Returns undefined if another process has taken the command over. */
  async #carryOut(
    message: CommandMessage,
    claim: ClaimName,
    work: () => Promise<CommandOutcome>,
  ): Promise<CommandOutcome | undefined> {
    const stopRenewing = this.#keepRenewing(claim, message);
    message.claim = { recorded: false, ...claim };
    try {
      const outcome = await work();
      if (outcome.events.length > 0) this.#own?.record(claim, outcome.events);
      if (message.claim.recorded || (await this.#journal.complete(claim, outcome))) return outcome;
      return undefined;
    } catch (error) {
      if (isLost(error, claim)) return undefined;
      await this.#journal.release(claim).catch(fault => this.#report(fault, message));
      throw isKnown(error)
        ? new CommandIdReusedError(
            claim.id,
            message.name,
            'under which events are stored whose command is no longer kept',
            error,
          )
        : error;
    } finally {
      stopRenewing();
      message.claim = undefined;
    }
  }

  #outcomeOf({ events, aggregateId, version }: CommandResult): CommandOutcome {
    if (events.length === 0) return failed(aggregateId, version);
    return succeeded(events, this.options.eventReader.readAll(events));
  }

  #keepRenewing(claim: ClaimName, message: CommandMessage): () => void {
    const timer = setInterval(() => {
      this.#journal.renew(claim, LEASE_MS).catch(error => this.#report(error, message));
    }, RENEWAL_INTERVAL_MS);
    timer.unref();
    return () => clearInterval(timer);
  }

  /** Neither is a failure of the command: its claim expires by itself. */
  #report(error: unknown, { name, id }: CommandMessage): void {
    const message = 'The claim of a command could not be renewed or released; it expires by itself.';
    const context = { kind: 'command', name, commandId: id } as const;
    reportAs({ level: 'warn', message }, error, context, this.options.reporting);
  }
}

// By their codes, because the store may come from another copy of the package.
const isLost = (error: unknown, { id }: ClaimName): boolean =>
  EventualityError.is(error) && error.code === 'CLAIM_LOST' && (error as { commandId?: string }).commandId === id;
const isKnown = (error: unknown): boolean => EventualityError.is(error) && error.code === 'DUPLICATE_EVENT';
