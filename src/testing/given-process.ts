import { AssertionError, deepStrictEqual } from 'node:assert/strict';
import { inspect } from 'node:util';
import { isProcessClass, processDefinition } from '../bootstrap';
import {
  aName,
  anUpcaster,
  type ClassReference,
  isPlainObject,
  listOf,
  must,
  type OptionChecks,
  refuseArguments,
  refuseOptions,
} from '../messages';
import type { ProcessDecision, ProcessDefinition } from '../processing';
import { refuseIncomparable } from './comparing';
import { testIds } from './deciding-ids';
import { type ErrorClass, expectError, expectNoError, refuseExpectedError, tookContinuations } from './expectations';
import { History } from './history';
import { type ProcessRun, ProcessTest, type ProcessTestInput, type ProcessTestOptions } from './run-process';
import { aCommand, refuseDecisions, shownDecision } from './shown-decisions';

/** Options of `when` for a process. */
export interface WhenHappenedOptions {
  /** When the events are recorded; default 2020-01-01T00:00:00Z, as the given ones. */
  readonly now?: Date;
}

/** Options of `whenDue`. */
export interface WhenDueOptions {
  /** The key of the instance; default the only one there is. */
  readonly instance?: string;
  /** When the deadline is noticed; default when it is due. */
  readonly now?: Date;
}

/** Options of `whenRejected`. */
export interface WhenRejectedOptions {
  /** The key of the instance; default the only one there is. */
  readonly instance?: string;
  /** What the command threw; without it the command led to no events. */
  readonly error?: Error;
  /** The commands that were carried out, for `undo()`; default all that were decided before the rejected one. */
  readonly done?: readonly object[];
  /** When the rejection is noticed; default 2020-01-01T00:00:00Z. */
  readonly now?: Date;
}

const aDate = must('a Date', value => value instanceof Date && !Number.isNaN(value.getTime()));
const OPTIONS: OptionChecks<ProcessTestOptions> = { ids: testIds, upcasters: listOf('upcasters', anUpcaster) };
const WHEN: OptionChecks<WhenHappenedOptions> = { now: aDate };
const WHEN_DUE: OptionChecks<WhenDueOptions> = { instance: aName, now: aDate };
const WHEN_REJECTED: OptionChecks<WhenRejectedOptions> = {
  instance: aName,
  error: must('an error', value => typeof value === 'object' && typeof value?.message === 'string'),
  done: listOf('commands', aCommand),
  now: aDate,
};
const aHistory = must('what history(...) makes', value => value instanceof History);
const aKey = must('the key of a deadline', value => typeof value === 'string' && value !== '');
const aState = must('an object', value => typeof value === 'object' && value !== null);
const aProcess = must("a class with @ProcessManager('name'), or what defineProcess makes", value =>
  typeof value === 'function' ? isProcessClass(value) : isPlainObject(value) && value.kind === 'process',
);

/** A process that was given events; the last input follows. */
export class GivenProcess {
  readonly #definition: ProcessDefinition;

  /** @internal @throws InvalidOptionsError, WiringError */
  constructor(
    private readonly histories: readonly History[],
    process: ClassReference | ProcessDefinition,
    private readonly options: ProcessTestOptions,
  ) {
    refuseArguments('process', { process: [process, aProcess] });
    refuseOptions('process', options, OPTIONS);
    this.#definition = processDefinition(process);
  }

  /** Something happens: the events of one aggregate. @throws InvalidOptionsError */
  when(history: History, options: WhenHappenedOptions = {}): WhenProcess {
    refuseArguments('when', { history: [history, aHistory] });
    refuseOptions('when', options, WHEN);
    return this.#expecting({ kind: 'event', history, now: options.now });
  }

  /** A deadline that the given events led to comes due. @throws InvalidOptionsError */
  whenDue(key: string, options: WhenDueOptions = {}): WhenProcess {
    refuseArguments('whenDue', { key: [key, aKey] });
    refuseOptions('whenDue', options, WHEN_DUE);
    return this.#expecting({ kind: 'deadline', key, now: options.now, instance: options.instance });
  }

  /**
   * A command that the given events led to leads to no events, or fails for good.
   * @throws InvalidOptionsError
   */
  whenRejected(command: object, options: WhenRejectedOptions = {}): WhenProcess {
    refuseArguments('whenRejected', { command: [command, aCommand] });
    refuseOptions('whenRejected', options, WHEN_REJECTED);
    const { instance, error, done, now } = options;
    return this.#expecting({ kind: 'rejection', command, instance, error, done, now });
  }

  #expecting(input: ProcessTestInput): WhenProcess {
    return new Expectation(() => new ProcessTest(this.#definition, this.options).run(this.histories, input));
  }
}

/** The expectations of what a process decides. It runs once, however many expectations follow. */
export interface WhenProcess {
  /**
   * Expects exactly these decisions, in this order: commands by name and data, with what reverses them; deadlines by
   * key, time and content. An event that ends the instance decides `end()` at last.
   */
  then(...decisions: readonly ProcessDecision[]): Promise<void>;
  /** Expects no decisions and no error. */
  thenNothing(): Promise<void>;
  /** Expects an error, which parks the instance: of this class, with this `code`, or with this text in its message. */
  thenError(expected: ErrorClass | string): Promise<void>;
  /** Expects these fields in the state of the instance afterwards; other fields are ignored. */
  thenState(expected: object): Promise<void>;
}

class Expectation implements WhenProcess {
  #run: Promise<ProcessRun> | undefined;

  constructor(private readonly start: () => ProcessRun) {}

  async then(...expected: readonly ProcessDecision[]): Promise<void> {
    const complaint = 'Say what is expected: .then(...decisions), .thenNothing(), .thenError(...) or .thenState(...).';
    if (tookContinuations(expected, complaint)) return;
    refuseDecisions(expected);
    await this.#expectDecisions(expected);
  }

  thenNothing(): Promise<void> {
    return this.#expectDecisions([]);
  }

  async thenError(expected: ErrorClass | string): Promise<void> {
    refuseExpectedError(expected);
    const { error, decisions } = await this.#result();
    expectError(error, decisions, expected);
  }

  async thenState(expected: object): Promise<void> {
    refuseArguments('thenState', { 'the state': [expected, aState] });
    const { error, state, note } = await this.#result();
    expectNoError(error, expected, `the state ${inspect(expected)}`);
    refuseIncomparable(expected, 'What is expected');
    if (!state) throw unmet(`the state ${inspect(expected)}, but there is no instance`, note, undefined, expected);
    deepStrictEqual(
      Object.fromEntries(Object.keys(expected).map(key => [key, (state as Record<string, unknown>)[key]])),
      { ...expected },
    );
  }

  async #expectDecisions(expected: readonly ProcessDecision[]): Promise<void> {
    const { error, decisions, note, now, commands } = await this.#result();
    const wanted = expected.map(each => shownDecision(each, now, commands));
    const words = wanted.length === 0 ? 'no decisions' : `the decisions ${inspect(wanted, { depth: 9 })}`;
    expectNoError(error, wanted, words);
    if (decisions.length === 0 && wanted.length > 0 && note !== undefined)
      throw unmet(`${words}, but nothing was decided`, note, decisions, wanted);
    deepStrictEqual(decisions, wanted);
  }

  #result(): Promise<ProcessRun> {
    this.#run ??= (async () => this.start())();
    return this.#run;
  }
}

const unmet = (words: string, note: string | undefined, actual: unknown, expected: unknown): AssertionError =>
  new AssertionError({ message: `Expected ${words}${note === undefined ? '' : `: ${note}`}.`, actual, expected });
