import { withinTime } from '../concurrency';
import { EventualityError, jsonable } from '../messages';
import { type DeadLetter, type DeadLetters, type ParkedName, StoreClosedError } from '../store';
import {
  type Discarded,
  type LettersPage,
  refuseAny,
  refuseDiscarded,
  refuseLettersPage,
  refuseSequence,
  refuseTimeLimit,
  refuseUnknownVersion,
  refuseWait,
} from './definition/option-checks';
import { WaitTimeoutError } from './errors';
import { NothingToRebuildError, StatusTimeoutError } from './event-processor-errors';
import type { EventProcessorRunner } from './event-processor-runner';
import type { RunnerParts } from './event-processor-runner-parts';
import { lettersOf } from './processes/administration/parked-instances';
import type { EventProcessor, EventProcessorStatus, Rebuild } from './status/status';
import { StatusReader } from './status/status-reader';
import { activeOf } from './versions/active-versions';
import { RunningRebuild } from './versions/running-rebuild';

/** How often waiting callers check the checkpoints of other processes, in milliseconds. */
const POLL_INTERVAL_MS = 50;
/** The time limit of the last check of a wait, in milliseconds. */
const LAST_LOOK_TIMEOUT_MS = 200;
const WAIT_TIMEOUT_MS = 5000;

/** What users can ask of a projection or reactor that runs in this process. */
export class EventProcessorAdministration implements EventProcessor {
  readonly #status: StatusReader;
  readonly #letters: DeadLetters;

  constructor(
    readonly runner: EventProcessorRunner,
    private readonly parts: RunnerParts,
  ) {
    this.#status = new StatusReader(parts, runner.definition);
    this.#letters = lettersOf(parts.store, runner.definition);
  }

  get name(): string {
    return this.runner.name;
  }

  async status(options: { readonly timeout?: number } = {}): Promise<EventProcessorStatus> {
    refuseTimeLimit('status', options);
    const { timeout } = options;
    return withinTime(this.#statusNow(), timeout, () => new StatusTimeoutError(timeout!));
  }

  /** Also available after the end, even if the store is closed: then it is the last status that was read. */
  async #statusNow(): Promise<EventProcessorStatus> {
    let { known } = this.runner;
    try {
      await this.parts.history.confirm();
      await this.parts.active.current(this.name);
      known = this.runner.known;
      return await this.#status.read(known);
    } catch (error) {
      if (known.closed && EventualityError.is(error) && error.code === 'STORE_CLOSED') return this.#status.ended(known);
      throw error;
    }
  }

  async rebuild(...given: readonly unknown[]): Promise<Rebuild> {
    refuseAny('rebuild', given);
    const { kind } = this.runner.definition;
    if (kind === 'reactor') throw new NothingToRebuildError(this.name, 'a reactor, and its effects are not undone');
    if (kind === 'process')
      throw new NothingToRebuildError(this.name, 'a process manager, whose state another `version` makes again');
    const version = await this.runner.fill();
    return new RunningRebuild(version, this.parts, this.runner);
  }

  async waitFor(
    position: bigint,
    options: { readonly timeout?: number; readonly signal?: AbortSignal } = {},
  ): Promise<void> {
    refuseWait(position, options);
    const { timeout = WAIT_TIMEOUT_MS, signal } = options;
    const until = performance.now() + timeout;
    let at = 0n;
    const late = (): Error => new WaitTimeoutError(position, [{ name: this.name, position: at }], timeout);
    for (;;) {
      signal?.throwIfAborted();
      at = await withinTime(this.runner.position(), Math.max(LAST_LOOK_TIMEOUT_MS, until - performance.now()), late);
      // A position of a history that was replaced means nothing.
      const isThere = this.runner.hasLooked && at >= position;
      const left = Math.max(LAST_LOOK_TIMEOUT_MS, until - performance.now());
      if (isThere && (await withinTime(this.parts.history.confirm(), left, late))) return;
      if (this.runner.known.closed) throw new StoreClosedError();
      if (performance.now() >= until) throw late();
      await this.parts.changes.next(Math.min(until - performance.now(), POLL_INTERVAL_MS), signal);
    }
  }

  /**
   * Resolves when it has handled all events stored so far. If it has stopped, in any process, or ends, there is nothing
   * to wait for.
   * @throws errors of the store
   */
  async caughtUp(): Promise<void> {
    const head = await this.parts.head.position();
    while (this.runner.isRunning && (await this.runner.position()) < head) {
      if (this.runner.known.outdated || (await this.runner.hasStoppedElsewhere())) return;
      await this.parts.changes.next(POLL_INTERVAL_MS);
    }
  }

  async deadLetters(given?: LettersPage): Promise<readonly DeadLetter[]> {
    refuseLettersPage(given);
    const { version, ...page } = given ?? {};
    const name = await this.#parkedName('deadLetters', version);
    const letters = name ? await this.#letters.list(name, page) : [];
    return letters.map(letter => jsonable({ ...letter }));
  }

  async retry(sequence?: string): Promise<number> {
    refuseSequence(sequence);
    // In the active version and in those that fill: a sequence parked in one of these prevents the switch.
    const open = (await this.parts.active.look(this.name)).filter(({ closed }) => !closed);
    let sequences = 0;
    for (const { version } of open)
      sequences += await this.#letters.retry({ projection: this.name, version }, sequence);
    await this.runner.tick();
    return sequences;
  }

  async discard(given?: Discarded): Promise<number> {
    refuseDiscarded(given);
    const { version, ...which } = given ?? {};
    const name = await this.#parkedName('discard', version);
    const letters = name ? await this.#letters.discard(name, which) : 0;
    await this.runner.tick();
    return letters;
  }

  restart(...given: readonly unknown[]): number {
    refuseAny('restart', given);
    return this.runner.restart();
  }

  /** Asks the store: this process may not know the versions yet, or follow another version than readers see. */
  async #parkedName(what: string, wanted: number | undefined): Promise<ParkedName | undefined> {
    const versions = await this.parts.active.look(this.name);
    if (wanted !== undefined) refuseUnknownVersion(what, wanted, versions);
    const version = wanted ?? activeOf(versions)?.version;
    return version === undefined ? undefined : { projection: this.name, version };
  }
}
