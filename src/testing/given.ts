import { deepStrictEqual } from 'node:assert/strict';
import { inspect } from 'node:util';
import { must, refuseArguments } from '../messages';
import { type AggregateClass, type AggregateDefinition, definitionOf } from '../model';
import { refuseIncomparable } from './comparing';
import {
  type ErrorClass,
  expectError,
  expectNoError,
  refuseEvents,
  refuseExpectedError,
  tookContinuations,
} from './expectations';
import { History } from './history';
import { GivenHistory } from './project';
import { type Decided, decided, refuseWhen, runCommand, type TestRun, type WhenOptions } from './run-command';

/** The given events of an aggregate. */
export interface Given {
  /**
   * Sets the command: an instance of its class, or a plain `{ name, message }` object.
   * @throws InvalidOptionsError, UnnamedMessageError
   */
  when(command: object, options?: WhenOptions): When;
}

/** The expectations of a command. The command runs once, however many expectations follow. */
export interface When {
  /** Expects exactly these events, in this order. */
  then(...events: readonly object[]): Promise<void>;
  /** Expects no events and no error. */
  thenNothing(): Promise<void>;
  /** Expects an error of this class, with this `code`, or with this text in its message. */
  thenError(expected: ErrorClass | string): Promise<void>;
  /** Expects these fields in the aggregate's state afterwards; other fields are ignored. */
  thenState(expected: object): Promise<void>;
}

/**
 * Tests one decision of an aggregate in the words of its domain, in any test runner.
 *
 * Each run also checks that the state changes only in event handlers (the state afterwards equals the one folded again
 * from the events), that every event can be stored as JSON and, for an aggregate with snapshots, that a snapshot can be
 * taken.
 * @example await given(Todo, new TodoCreated('Buy milk')).when(new CompleteTodo('1')).then(new TodoCompleted());
 * @throws AssertionError of node:assert from each expectation that fails, with `actual` and `expected`;
 * SnapshotRefusedError
 */
export function given(aggregate: AggregateClass | AggregateDefinition, ...events: readonly object[]): Given;
/**
 * Tests what events of any number of aggregates lead to, in the given order: the documents of a projection, or the
 * decisions of a process manager.
 * @example await given(history(Todo, '1', new TodoCreated('Buy milk'))).project(TodoList).then({ 1: { description: 'Buy
 * milk' } });
 * @throws AssertionError of node:assert from each expectation that fails, with `actual` and `expected`
 */
export function given(...histories: readonly History[]): GivenHistory;
export function given(
  first?: AggregateClass | AggregateDefinition | History,
  ...others: readonly object[]
): Given | GivenHistory {
  if (first === undefined) return new GivenHistory([]);
  if (first instanceof History) {
    const histories = [first, ...others];
    refuseArguments(
      'given',
      Object.fromEntries(histories.map((each, place) => [`histories[${place}]`, [each, aHistory]])),
    );
    return new GivenHistory(histories as readonly History[]);
  }
  const definition = definitionOf(first);
  refuseEvents('given', others);
  return {
    when(command, options = {}) {
      refuseWhen(command, options);
      return new Expectation(definition, others, command, options);
    },
  };
}

const aState = must('an object', value => typeof value === 'object' && value !== null);
const aHistory = must('what history(...) makes', value => value instanceof History);

class Expectation implements When {
  #run: Promise<TestRun> | undefined;

  constructor(
    readonly definition: AggregateDefinition,
    readonly events: readonly object[],
    readonly command: object,
    readonly options: WhenOptions,
  ) {}

  async then(...expected: readonly object[]): Promise<void> {
    if (
      tookContinuations(
        expected,
        'Say what is expected: .then(...events), .thenNothing(), .thenError(...) or .thenState(...).',
      )
    )
      return;
    refuseEvents('then', expected);
    await this.#expectEvents(expected);
  }

  thenNothing(): Promise<void> {
    return this.#expectEvents([]);
  }

  async thenError(expected: ErrorClass | string): Promise<void> {
    refuseExpectedError(expected);
    const { error, events } = await this.#result();
    expectError(error, events, expected);
  }

  async thenState(expected: object): Promise<void> {
    refuseArguments('thenState', { 'the state': [expected, aState] });
    const { error, state } = await this.#result();
    expectNoError(error, expected, `the state ${inspect(expected)}`);
    refuseIncomparable(expected, 'What is expected');
    deepStrictEqual(
      Object.fromEntries(Object.keys(expected).map(key => [key, (state as Record<string, unknown>)[key]])),
      { ...expected },
    );
  }

  async #expectEvents(expected: readonly object[]): Promise<void> {
    const { error, events } = await this.#result();
    const wanted = expected.map((event): Decided => decided(this.definition.seal(event)));
    expectNoError(error, wanted, wanted.length === 0 ? 'no events' : `the events ${inspect(wanted)}`);
    deepStrictEqual(events, wanted);
  }

  #result(): Promise<TestRun> {
    this.#run ??= runCommand(this.definition, this.events, this.command, this.options);
    return this.#run;
  }
}
