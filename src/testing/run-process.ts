import { AssertionError } from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { type ClassReference, errorMessage, type RecordedEvent, type Upcaster } from '../messages';
import { type ProcessDefinition, ProcessRehearsal, type Rehearsed, type RehearsedCommand } from '../processing';
import { recordEvent } from '../store';
import { DecidedCommands } from './decided-commands';
import { idsFrom, type TestIds } from './deciding-ids';
import type { History } from './history';
import { ProvenHandlers, restoredState } from './proven-handlers';
import { type ShownDecision, shownCommand } from './shown-decisions';
import { testReader } from './stored-event';

/** When what is given was recorded, in milliseconds. */
const START = Date.UTC(2020, 0, 1);

/** Options of `process` in a test. */
export interface ProcessTestOptions {
  /**
   * The results of `context.newId()`, those for the given events first: a list, one after the other, or a function;
   * default `id-1`, `id-2`...
   */
  readonly ids?: TestIds;
  /** What renames, splits or drops the given events, from `upcaster` and classes with `@Upcaster`; default none. */
  readonly upcasters?: readonly (Upcaster | ClassReference)[];
}

/** The input whose decisions are expected. */
export type ProcessTestInput =
  | { readonly kind: 'event'; readonly history: History; readonly now: Date | undefined }
  | {
      readonly kind: 'deadline';
      readonly key: string;
      readonly instance: string | undefined;
      readonly now: Date | undefined;
    }
  | {
      readonly kind: 'rejection';
      readonly command: object;
      readonly instance: string | undefined;
      readonly error: unknown;
      readonly done: readonly object[] | undefined;
      readonly now: Date | undefined;
    };

/** The result of one input in a test. */
export interface ProcessRun {
  readonly decisions: readonly ShownDecision[];
  /** As a handler sees it; undefined if no instance has started. */
  readonly state: object | undefined;
  readonly error: { readonly thrown: unknown } | undefined;
  /** Why nothing was decided. */
  readonly note: string | undefined;
  /** The time of the input, in milliseconds. */
  readonly now: number;
  readonly commands: DecidedCommands;
}

const eventsOf = ({ handlers }: ProcessDefinition): ClassReference[] =>
  [...handlers.values()].flatMap(({ type }) => type ?? []);

/** A process in a test: given events, and then one input. */
export class ProcessTest {
  readonly #commands = new DecidedCommands();
  readonly #handlers: ProvenHandlers;
  readonly #rehearsal: ProcessRehearsal;
  readonly #versions = new Map<string, number>();
  #position = 0n;

  constructor(
    private readonly definition: ProcessDefinition,
    { ids, upcasters }: ProcessTestOptions,
  ) {
    this.#handlers = new ProvenHandlers(
      definition,
      this.#commands,
      idsFrom(ids),
      testReader(eventsOf(definition), upcasters),
    );
    this.#rehearsal = new ProcessRehearsal(this.#handlers, this.#commands.checkedName);
  }

  /** @throws AssertionError */
  run(given: readonly History[], input: ProcessTestInput): ProcessRun {
    for (const event of given.flatMap(history => this.#recorded(history, START))) this.#give(event);
    const { now, take } = this.#prepared(input);
    this.#handlers.decisions.length = 0;
    const results = take();
    if (this.#handlers.broken) throw this.#handlers.broken;
    const error = results.find(each => each.error)?.error;
    const last = results.findLast(({ instance }) => instance !== undefined);
    return {
      ...{ decisions: error ? [] : [...this.#handlers.decisions], error, now, commands: this.#commands },
      state: last?.state === undefined ? undefined : restoredState(this.definition, last.state),
      note: results.find(({ note }) => note !== undefined)?.note,
    };
  }

  /** What comes before must have gone well. */
  #give(event: RecordedEvent): void {
    const { error } = this.#taken(() => this.#rehearsal.event(event));
    if (this.#handlers.broken) throw this.#handlers.broken;
    if (!error) return;
    const { name, aggregateName, aggregateId } = event;
    throw refusal(
      `What is given has already failed, with ${name} of ${aggregateName} '${aggregateId}': ${errorMessage(error.thrown)}`,
      error.thrown,
    );
  }

  #prepared(input: ProcessTestInput): { readonly now: number; readonly take: () => readonly Rehearsed[] } {
    if (input.kind === 'event') {
      const now = input.now?.getTime() ?? START;
      const events = this.#recorded(input.history, now);
      return { now, take: () => events.map(event => this.#taken(() => this.#rehearsal.event(event))) };
    }
    const instance = this.#instanceFor(input.instance);
    if (input.kind === 'rejection') return this.#rejection(input, instance);
    const deadlines = this.#rehearsal.deadlines(instance);
    const deadline = deadlines.find(({ key }) => key === input.key);
    if (!deadline)
      throw refusal(`'${instance}' has no deadline '${input.key}'. ${has(deadlines.map(({ key }) => `'${key}'`))}`);
    const now = input.now?.getTime() ?? deadline.dueAt;
    if (now < deadline.dueAt)
      throw refusal(
        `The deadline '${input.key}' of '${instance}' is due at ${new Date(deadline.dueAt).toISOString()}, which is after \`now\`, ${new Date(now).toISOString()}.`,
      );
    return { now, take: () => [this.#taken(() => this.#rehearsal.due(deadline, now))] };
  }

  /** Without a list, those that were decided before the rejected one are done. */
  #rejection(
    { command, error, done, now: at }: Extract<ProcessTestInput, { readonly kind: 'rejection' }>,
    instance: string,
  ): { readonly now: number; readonly take: () => readonly Rehearsed[] } {
    const now = at?.getTime() ?? START;
    const sent = this.#rehearsal.commands(instance);
    const rejected = this.#sent(command, sent, instance);
    const before = sent.slice(0, sent.indexOf(rejected));
    const carriedOut = done?.map(each => this.#sent(each, sent, instance)) ?? before;
    for (const each of carriedOut) this.#rehearsal.outcome(each, 'done', now);
    const became = error === undefined ? 'no events' : { thrown: error };
    return { now, take: () => [this.#taken(() => this.#rehearsal.outcome(rejected, became, now))] };
  }

  #sent(command: object, sent: readonly RehearsedCommand[], instance: string): RehearsedCommand {
    const wanted = this.#commands.stored(command);
    const found = sent.findLast(each => isDeepStrictEqual(each.command, wanted));
    if (found) return found;
    const known = sent.map(each => shownCommand(each.command));
    throw refusal(`'${instance}' has not sent ${shownCommand(wanted)}. ${has(known, 'It has sent')}`);
  }

  #instanceFor(given: string | undefined): string {
    const { instances } = this.#rehearsal;
    const known = has(
      instances.map(key => `'${key}'`),
      'There are',
    );
    if (given !== undefined) {
      if (instances.includes(given)) return given;
      throw refusal(`What is given leads to no instance '${given}'. ${known}`);
    }
    if (instances.length === 1) return instances[0]!;
    const cure = instances.length === 0 ? 'Give an event that starts one.' : 'Say which: { instance }.';
    throw refusal(
      `What is given leads to ${instances.length} instances, so it is not clear which is meant. ${known} ${cure}`,
    );
  }

  /** What keeps an instance from being found or made is an error like that of a handler. */
  #taken(take: () => Rehearsed): Rehearsed {
    try {
      return take();
    } catch (thrown) {
      return { instance: undefined, state: undefined, error: { thrown }, note: undefined };
    }
  }

  #recorded(history: History, at: number): RecordedEvent[] {
    return history.appends().flatMap(({ stream, events }) => {
      const key = JSON.stringify([stream.aggregateName, stream.aggregateId]);
      return events.map(event => {
        const version = (this.#versions.get(key) ?? 0) + 1;
        this.#versions.set(key, version);
        return recordEvent(event, stream, version, ++this.#position, new Date(at).toISOString());
      });
    });
  }
}

const has = (names: readonly string[], words = 'It has'): string =>
  `${words} ${names.length === 0 ? 'none' : names.join(', ')}.`;

function refusal(message: string, cause?: unknown): AssertionError {
  const failure = new AssertionError({ message });
  if (cause !== undefined)
    Object.defineProperty(failure, 'cause', { value: cause, configurable: true, writable: true });
  return failure;
}
