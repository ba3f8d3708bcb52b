import { AssertionError } from 'node:assert/strict';
import { inspect, isDeepStrictEqual } from 'node:util';
import { type EventReader, errorMessage } from '../messages';
import { decodeState } from '../model';
import {
  type Handled,
  type InstanceName,
  type ProcessDefinition,
  ProcessHandlers,
  type ProcessTurnInput,
  timeOf,
} from '../processing';
import { sameState } from './comparing';
import type { DecidedCommands } from './decided-commands';
import { aDayLater } from './other-time';
import { type ShownDecision, shownDecision } from './shown-decisions';

/** What a handler made of an input. */
interface Made extends Handled {
  readonly shown: readonly ShownDecision[];
  /** The state as the handler left it. */
  readonly live: unknown;
}

type Attempt = { readonly made: Made } | { readonly thrown: unknown };

/** Calls each handler twice, and proves that it is pure and that its state survives being stored. */
export class ProvenHandlers extends ProcessHandlers {
  /** What was decided, in order. */
  readonly decisions: ShownDecision[] = [];
  /** What the proofs found first. */
  broken: AssertionError | undefined;
  readonly #commands: DecidedCommands;
  readonly #live: { state: unknown };
  readonly #nextId: () => string;
  readonly #ids = new Map<string, string>();

  constructor(definition: ProcessDefinition, commands: DecidedCommands, nextId: () => string, reader: EventReader) {
    const live: { state: unknown } = { state: undefined };
    super(watched(definition, live), commands.revive, reader);
    this.#commands = commands;
    this.#live = live;
    this.#nextId = nextId;
  }

  override run(state: unknown, input: ProcessTurnInput, of: InstanceName): Handled {
    const attempt = (): Attempt => this.#attempt(state, input, of);
    const first = attempt();
    const second = aDayLater(attempt);
    this.broken ??= this.#impure(first, second, input) ?? this.#forgetful(first);
    if ('thrown' in first) throw first.thrown;
    const { shown, ends } = first.made;
    const saysEnd = shown.some(each => 'end' in each);
    this.decisions.push(...shown, ...(ends && !saysEnd ? [{ end: true } as const] : []));
    return first.made;
  }

  /** The same ids in each call. */
  protected override idOf(input: ProcessTurnInput, n: number): string {
    const place = `${input.id} ${n}`;
    const id = this.#ids.get(place) ?? this.#nextId();
    this.#ids.set(place, id);
    return id;
  }

  #attempt(state: unknown, input: ProcessTurnInput, of: InstanceName): Attempt {
    try {
      const handled = super.run(state, input, of);
      return { made: { ...handled, shown: this.#shown(handled, input), live: this.#live.state } };
    } catch (thrown) {
      return { thrown };
    }
  }

  /** What cannot be stored is refused later, with all faults. */
  #shown({ decisions }: Handled, input: ProcessTurnInput): readonly ShownDecision[] {
    try {
      return decisions.map(each => shownDecision(each, timeOf(input), this.#commands));
    } catch {
      return [];
    }
  }

  #impure(first: Attempt, second: Attempt, input: ProcessTurnInput): AssertionError | undefined {
    const difference = differenceOf(first, second);
    if (!difference) return undefined;
    const [what, actual, expected] = difference;
    return new AssertionError({
      message:
        `'${this.definition.name}' is not pure: called twice with ${inputName(input)} and the same state, it ${what}\n` +
        `first: ${inspect(actual, { depth: 9 })}\nthen: ${inspect(expected, { depth: 9 })}\n` +
        'A handler may use the input, the state and its context, such as now and newId(), and change nothing else.',
      ...{ actual, expected, operator: 'deepStrictEqual' },
    });
  }

  #forgetful(attempt: Attempt): AssertionError | undefined {
    if ('thrown' in attempt) return undefined;
    const { live, state } = attempt.made;
    const restored = restoredState(this.definition, state);
    if (sameState(live, restored)) return undefined;
    return new AssertionError({
      message:
        `The state of '${this.definition.name}' does not survive being stored.\n` +
        `state: ${inspect(live, { depth: 9 })}\nread again: ${inspect(restored, { depth: 9 })}`,
      ...{ actual: restored, expected: live, operator: 'deepStrictEqual' },
    });
  }
}

/** Returns the state that handlers see, of a stored one. */
export const restoredState = ({ process }: ProcessDefinition, stored: unknown): object =>
  process.filled(process.initialState(), decodeState(stored) as object);

/** Notes the state that is stored, as the handlers know it. */
const watched = (definition: ProcessDefinition, live: { state: unknown }): ProcessDefinition => ({
  ...definition,
  process: {
    ...definition.process,
    dataOf: state => {
      live.state = state;
      return definition.process.dataOf(state);
    },
  },
});

type Difference = readonly [what: string, first: unknown, second: unknown];

function differenceOf(first: Attempt, second: Attempt): Difference | undefined {
  if ('thrown' in first || 'thrown' in second) {
    if ('thrown' in first && 'thrown' in second) return undefined;
    return ['threw an error once only.', outcomeOf(first), outcomeOf(second)];
  }
  const [one, other] = [first.made, second.made];
  if (!isDeepStrictEqual(one.shown, other.shown)) return ['decided differently.', one.shown, other.shown];
  if (!isDeepStrictEqual(one.state, other.state)) return ['left different states.', one.live, other.live];
  return undefined;
}

const outcomeOf = (attempt: Attempt): unknown =>
  'thrown' in attempt ? `an error: ${errorMessage(attempt.thrown)}` : attempt.made.shown;

function inputName(input: ProcessTurnInput): string {
  if (input.kind === 'event') return input.event.name;
  return input.kind === 'deadline'
    ? `the deadline '${input.content.key}'`
    : `the rejected command ${input.content.command.name}`;
}
