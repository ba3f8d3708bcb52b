/// <reference lib="esnext.disposable" preserve="true" />
import { setImmediate } from 'node:timers/promises';
import { type Application, BOOTSTRAP_OPTIONS, type BootstrapOptions, bootstrap, WiringError } from '../bootstrap';
import type { ModuleClass } from '../decorators';
import {
  aDuration,
  aTimeout,
  type Duration,
  millisecondsOf,
  must,
  type OptionChecks,
  optionFaults,
  type RecordedEvent,
  refuseArguments,
  refuseOptions,
} from '../messages';
import { type EventProcessorDefinition, isProcess, type ProcessDefinition } from '../processing';
import { InMemoryEventStore } from '../store';
import { idsFrom, type TestIds, testIds } from './deciding-ids';
import { adjustedHandlers, type RecordedCommand, type RecordedEffect, Recording } from './recording';
import { refuseOtherClock } from './same-clock';
import { started } from './started';
import { VirtualClock } from './virtual-clock';

/** Options of `testFlow`: those of `bootstrap`, except the ones that the test controls. */
export interface TestFlowOptions extends Omit<BootstrapOptions, 'clock' | 'follow' | 'adjustEventProcessor' | 'newId'> {
  /** The clock; default one that starts at 2020-01-01T00:00:00Z. */
  readonly clock?: VirtualClock;
  /** The results of `context.newId()`: a list, one after the other, or a function; default UUIDs. */
  readonly ids?: TestIds;
}

const { follow: _, adjustEventProcessor: __, newId: ___, ...shared } = BOOTSTRAP_OPTIONS;
const OPTIONS: OptionChecks<TestFlowOptions> = {
  ...shared,
  clock: must('a VirtualClock', value => value instanceof VirtualClock),
  ids: testIds,
};

/** A whole application in a test. */
export class TestFlow {
  readonly #recording: Recording;
  /** Whether the store has the time of the clock was asked. */
  #sameClock: Promise<void> | undefined;

  /** @internal */
  constructor(
    readonly flow: Application,
    readonly clock: VirtualClock,
    recording: Recording,
  ) {
    this.#recording = recording;
  }

  /** The dispatched commands, those of listeners included, in the order in which they started. */
  get commands(): readonly RecordedCommand[] {
    return this.#recording.commands;
  }

  /** The events that the flow recorded. Events appended directly to the store are not included. */
  get events(): readonly RecordedEvent[] {
    return this.#recording.events;
  }

  /** The calls of listeners and reactors, in the order in which they ended. */
  get effects(): readonly RecordedEffect[] {
    return this.#recording.effects;
  }

  /**
   * Resolves when all work is done: commands, queries and listeners have ended, projections and reactors have caught up
   * or parked what failed, and live queries have run again.
   * @throws InvalidOptionsError; WaitTimeoutError after `timeout` milliseconds, default 5,000, if a projection or
   * reactor does not catch up
   */
  async settle(options: { readonly timeout?: number } = {}): Promise<void> {
    refuseOptions('settle', options, { timeout: aTimeout });
    const { flow } = this;
    let before: number;
    do {
      before = this.#recording.moves;
      await flow.eventBus.drain();
      await flow.processors.settled(options);
      // Lets woken code run: readers of live queries, and commands that are dispatched without being awaited.
      await setImmediate();
    } while (this.#recording.busy || this.#recording.moves !== before);
  }

  /**
   * Lets time pass: the clock stops at each moment at which a deadline is due, in order, and everything settles there,
   * up to the end of the duration. What is decided meanwhile counts as well.
   * @param duration milliseconds, or text such as `'31m'`
   * @param options those of `settle`, for each stop
   * @throws InvalidOptionsError, also for a store that takes its time from another clock; WaitTimeoutError as `settle`
   */
  async advance(duration: Duration, options: { readonly timeout?: number } = {}): Promise<void> {
    refuseArguments('advance', { duration: [duration, aDuration] });
    refuseOptions('advance', options, { timeout: aTimeout });
    const { clock, flow } = this;
    const target = clock.now() + millisecondsOf(duration)!;
    await this.settle(options);
    for (;;) {
      const due = await flow.processManagers.nextDue();
      if (due === undefined) break;
      this.#sameClock ??= refuseOtherClock(flow.eventStore, clock);
      await this.#sameClock;
      if (due > target) break;
      clock.setTo(due);
      await this.settle(options);
    }
    clock.setTo(target);
    await this.settle(options);
  }

  /** Closes the application. */
  close(): Promise<void> {
    return this.flow.close();
  }

  /** Closes the application at the end of a block: `await using app = await testFlow(Module)`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/**
 * Creates a whole application for a test: in memory unless a store is given, with a clock that the test controls, and
 * retries without pauses.
 * @example await using app = await testFlow(TodoModule);
 * @throws WiringError
 */
export async function testFlow(module: ModuleClass, options: TestFlowOptions = {}): Promise<TestFlow> {
  const setup = testSetup(options);
  const flow = await bootstrap(module, setup.options);
  const app = setup.taken(flow);
  await started(flow);
  return app;
}

/** How an application is created for a test, and what a test gets of it. */
export interface TestSetup {
  /** The options for `bootstrap`. */
  readonly options: BootstrapOptions;
  /** Takes the application that was created with the options, and records from then on. */
  taken(flow: Application): TestFlow;
}

/**
 * Returns what `testFlow` does, for an application that something else creates, such as the injector of NestJS.
 * @throws WiringError
 */
export function testSetup(options: TestFlowOptions = {}): TestSetup {
  const faults = optionFaults(options, OPTIONS);
  if (faults.length > 0) throw new WiringError(faults);
  const { clock = new VirtualClock(), ids, middleware = [], queryMiddleware = [], ...others } = options;
  const recording = new Recording();
  const prepared: BootstrapOptions = {
    ...others,
    eventStore: options.eventStore ?? new InMemoryEventStore({ clock }),
    clock,
    ...(ids && { newId: idsFrom(ids) }),
    middleware: [
      (message, next) => recording.command(message.name, message.command, () => next(message)),
      ...middleware,
    ],
    queryMiddleware: [(message, next) => recording.during(() => next(message)), ...queryMiddleware],
    adjustEventProcessor: definition => adjusted(definition, recording),
  };
  return { options: prepared, taken: flow => taken(flow, clock, recording) };
}

function taken(flow: Application, clock: VirtualClock, recording: Recording): TestFlow {
  flow.eventBus.use(({ listener, ...rest }, next) => {
    const deliver = (): Promise<unknown> => next({ listener, ...rest });
    return listener === recording.published ? deliver() : recording.effect(listener.name, rest.event, deliver);
  });
  flow.eventBus.subscribeAll(recording.published);
  return new TestFlow(flow, clock, recording);
}

/** Pauses would be measured by the machine's clock, not by that of the test. */
function adjusted(definition: EventProcessorDefinition, recording: Recording): EventProcessorDefinition {
  const { kind, name, options } = definition;
  const background = (options.mode ?? 'async') === 'async';
  return {
    ...(isProcess(definition) ? withoutPauses(definition) : definition),
    options: background ? { ...options, retry: { ...options.retry, delay: 0, maxDelay: 0 } } : options,
    ...(kind === 'reactor' && {
      handlers: adjustedHandlers(definition, (event, handle) => recording.effect(name, event, handle)),
    }),
  };
}

const withoutPauses = ({ process, ...definition }: ProcessDefinition): ProcessDefinition => ({
  ...definition,
  process: {
    ...process,
    options: { ...process.options, retry: { ...process.options.retry, delay: 0, maxDelay: 0 } },
  },
});
