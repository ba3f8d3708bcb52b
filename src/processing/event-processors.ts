import { randomUUID } from 'node:crypto';
import { ChangeSignal, withinTime } from '../concurrency';
import {
  type Clock,
  consoleLogger,
  type EventContext,
  EventReader,
  errorMessage,
  type Logger,
  must,
  type OnError,
  type RecordedEvent,
  refuseArguments,
  systemClock,
} from '../messages';
import { type EventStore, KnownHistory, type ProjectionStore } from '../store';
import type { EventProcessorDefinition } from './definition/definition';
import { refuseNamedWait, refuseSettled, refuseTimeLimit } from './definition/option-checks';
import { ProcessorKindError, UnknownProjectionError, WaitTimeoutError } from './errors';
import { EventProcessorAdministration } from './event-processor-administration';
import { StatusTimeoutError } from './event-processor-errors';
import { EventProcessorRunner } from './event-processor-runner';
import { EventFeed } from './feed/event-feed';
import { guarded } from './handling/guarded-logger';
import { HandlerInvoker } from './handling/handler-invoker';
import type { ProcessEngine } from './processes/work/engine';
import { ProcessorPulse } from './pulse/processor-pulse';
import { LogHead } from './status/log-head';
import type { EventProcessor, EventProcessorStatus, Health } from './status/status';
import { ActiveVersions } from './versions/active-versions';

/** What event processors are made of. */
export interface EventProcessorsParts {
  /** With `projections`, unless nothing is stored. */
  readonly eventStore: EventStore;
  /** Projections and reactors; those with the mode `live` are left out, because they follow nothing. */
  readonly definitions: readonly EventProcessorDefinition[];
  /** How stored events are read; default as they are. */
  readonly eventReader?: EventReader;
  /** Creates the functions with which reactors dispatch. */
  readonly eventContext: (event: RecordedEvent) => EventContext;
  /** What process managers need; without it there are none. */
  readonly processes?: ProcessEngine | undefined;
  /** Called with the name of a projection when its documents have changed, or another version became active. */
  readonly changed?: (name: string) => void;
  /** What the process knows of the store's history; default an instance of its own. */
  readonly history?: KnownHistory;
  /** What the process knows of versions; default an instance of its own. */
  readonly active?: ActiveVersions;
  /** Default the console. */
  readonly logger?: Logger;
  /** Called for each logged failure of a handler. */
  readonly onError?: OnError | undefined;
  /** Default the clock of the machine. */
  readonly clock?: Clock;
  /** With `false` this process only reads the status of the processes that follow; default true. */
  readonly follow?: boolean;
  /** How long a segment stays with a process that gives no sign of life, in milliseconds; default 5,000. */
  readonly leaseDuration?: number;
}

const aText = must('a name, as text', value => typeof value === 'string');
const LIVE = 'a live projection, which follows nothing: it is never behind, and nothing of it is stored or parked';

const LEASE_MS = 5000;
const WAIT_TIMEOUT_MS = 5000;
const HEALTH_TIMEOUT_MS = 1000;

/** The projections and reactors of a process: `flow.processors`. */
export class EventProcessors {
  readonly #processors = new Map<string, EventProcessorAdministration>();
  readonly #live = new Set<string>();
  readonly #head: LogHead;
  readonly #eventStore: EventStore;
  readonly #changes = new ChangeSignal();
  readonly #follows: boolean;
  #closing: Promise<void> | undefined;

  constructor(parts: EventProcessorsParts) {
    const { eventStore, definitions, logger = consoleLogger, clock = systemClock, changed = () => undefined } = parts;
    this.#eventStore = eventStore;
    const { history = new KnownHistory(eventStore, { logger, onError: parts.onError }) } = parts;
    this.#head = new LogHead(eventStore, history);
    this.#follows = parts.follow ?? true;
    const membership = { owner: randomUUID(), leaseDuration: parts.leaseDuration ?? LEASE_MS };
    const store = eventStore.projections as ProjectionStore;
    const shared = {
      eventStore,
      ...{
        feed: new EventFeed(eventStore, history),
        store,
        logger: guarded(logger),
        onError: parts.onError,
        clock,
        changed,
        membership,
        pulse: new ProcessorPulse(store, membership),
        history,
        active: parts.active ?? new ActiveVersions(store, history),
        follow: this.#follows,
        processes: parts.processes,
      },
      head: this.#head,
      changes: this.#changes,
    };
    const { eventReader: reader = new EventReader() } = parts;
    for (const definition of definitions) {
      if (definition.options.mode === 'live') {
        this.#live.add(definition.name);
        continue;
      }
      const runner = new EventProcessorRunner(shared, new HandlerInvoker(definition, reader, parts.eventContext));
      this.#processors.set(definition.name, new EventProcessorAdministration(runner, shared));
    }
  }

  get #runners(): readonly EventProcessorRunner[] {
    return Array.from(this.#processors.values(), ({ runner }) => runner);
  }

  /** The names of the projections and reactors. */
  get names(): Iterable<string> {
    return this.#processors.keys();
  }

  /** Records the error of a handler of an inline projection, which an append called. */
  failed(name: string, error: unknown, position: bigint | undefined): void {
    this.#processors.get(name)?.runner.failed(error, position);
  }

  /** Starts to follow, in the background. */
  start(): void {
    for (const runner of this.#runners) runner.start();
  }

  /**
   * Starts to follow, and resolves when each reactor has its first version and each inline projection has caught up.
   * Events appended from then on are news to a reactor, and an inline projection is up to date when an append is done.
   * Projections that have stopped, in any process, are not waited for, nor is anything with `follow: false`.
   * `bootstrap` awaits it; after `new Flow(...)` await it yourself.
   * @throws SequenceByChangedError for a reactor that cannot continue with this code; errors of the store
   */
  async ready(): Promise<void> {
    await Promise.all(this.#reactors.map(runner => runner.prepared()));
    this.start();
    if (!this.#follows) return;
    const processors = [...this.#processors.values()];
    const inline = processors.filter(({ runner }) => runner.definition.options.mode === 'inline');
    await Promise.all(inline.map(processor => processor.caughtUp()));
  }

  /**
   * Gives each reactor its first version, without following: for a flow with `follow: 'later'`. Events appended from
   * then on are news to a reactor, and handled when `ready()` has been called.
   * @throws as `ready`
   */
  async prepare(): Promise<void> {
    await Promise.all(this.#reactors.map(runner => runner.prepared(false)));
  }

  get #reactors(): readonly EventProcessorRunner[] {
    return this.#runners.filter(runner => runner.definition.kind !== 'projection');
  }

  /**
   * Returns the handle of one projection or reactor.
   * @throws UnknownProjectionError, ProcessorKindError for a live projection, InvalidOptionsError
   */
  of(name: string): EventProcessor {
    refuseArguments('processors.of', { name: [name, aText] });
    const processor = this.#processors.get(name);
    if (processor) return processor;
    if (this.#live.has(name)) throw new ProcessorKindError(name, LIVE, this.#processors.keys());
    throw new UnknownProjectionError(name, this.#processors.keys());
  }

  /**
   * Returns the status of all of them.
   * @param options `timeout`: milliseconds to wait for the event store; default as long as the store itself retries
   * @throws InvalidOptionsError, StatusTimeoutError, errors of the store
   */
  async status(options: { readonly timeout?: number } = {}): Promise<readonly EventProcessorStatus[]> {
    refuseTimeLimit('status', options);
    return Promise.all(Array.from(this.#processors.values(), processor => processor.status(options)));
  }

  /**
   * Checks whether the event store answers and whether a projection or reactor has stopped; for health checks. It does
   * not reject for such faults, and always answers in time.
   * @param options `timeout`: milliseconds to wait for the event store; default 1,000
   * @throws InvalidOptionsError
   */
  async health(options: { readonly timeout?: number } = {}): Promise<Health> {
    refuseTimeLimit('health', options);
    const { timeout = HEALTH_TIMEOUT_MS } = options;
    const stopped = this.#runners.filter(runner => runner.stopped);
    const faults = stopped.map(({ name }) => `'${name}' has stopped; restart() goes on.`);
    try {
      const reading = Promise.resolve().then(() => this.#eventStore.readAll({ limit: 1 }));
      await withinTime(reading, timeout, () => new StatusTimeoutError(timeout));
    } catch (error) {
      faults.push(errorMessage(error));
    }
    return { healthy: faults.length === 0, faults };
  }

  /**
   * Resolves when all of them, or those named, have handled or parked everything up to a position.
   * @throws WaitTimeoutError after `timeout` milliseconds, default 5,000; UnknownProjectionError
   */
  async waitFor(
    position: bigint,
    options: { readonly processors?: readonly string[]; readonly timeout?: number; readonly signal?: AbortSignal } = {},
  ): Promise<void> {
    refuseNamedWait(position, options);
    const { processors: projections = [...this.#processors.keys()], timeout = WAIT_TIMEOUT_MS, signal } = options;
    const timing = { timeout, ...(signal && { signal }) };
    const waits = await Promise.allSettled(projections.map(async name => this.of(name).waitFor(position, timing)));
    const failures = waits.flatMap(wait => (wait.status === 'rejected' ? [wait.reason] : []));
    const behind = failures.flatMap(failure => (failure instanceof WaitTimeoutError ? failure.behind : []));
    if (failures.length > behind.length) throw failures.find(failure => !(failure instanceof WaitTimeoutError));
    if (behind.length > 0) throw new WaitTimeoutError(position, behind, timeout);
  }

  /**
   * Resolves when all have caught up with the store, including what they dispatched meanwhile, and no retry is pending,
   * in this process or in another that shares the work.
   * @param options `timeout`: milliseconds in total; by default each wait for a position may take 5,000
   * @throws WaitTimeoutError, InvalidOptionsError, the reason of the signal, errors of the store
   */
  async settled(options: { readonly timeout?: number; readonly signal?: AbortSignal } = {}): Promise<void> {
    refuseSettled(options);
    const until = performance.now() + (options.timeout ?? Number.POSITIVE_INFINITY);
    for (;;) {
      const head = await this.#head.position();
      await this.waitFor(head, options);
      while ((await Promise.all(this.#runners.map(runner => runner.isPending()))).includes(true)) {
        await Promise.all(this.#runners.map(runner => runner.tick()));
        await this.#pauseUntil(until, head, options);
      }
      if ((await this.#head.position()) === head) return;
      await this.#pauseUntil(until, head, options);
    }
  }

  /** Gives timers a turn, so that a caller that asks in a loop does not keep them from firing. */
  async #pauseUntil(
    until: number,
    head: bigint,
    { timeout = 0, signal }: { readonly timeout?: number; readonly signal?: AbortSignal },
  ): Promise<void> {
    signal?.throwIfAborted();
    if (performance.now() >= until) {
      const at = this.#runners.map(async runner => ({ name: runner.name, position: await runner.position() }));
      throw new WaitTimeoutError(head, await Promise.all(at), timeout);
    }
    await this.#changes.next(5, signal);
  }

  /**
   * Stops following: completes the events being handled and releases the segments. Calling it again returns the same
   * promise.
   */
  close(): Promise<void> {
    this.#closing ??= Promise.all(this.#runners.map(runner => runner.close())).then(() => undefined);
    return this.#closing;
  }
}
