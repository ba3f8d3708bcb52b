import { type CurrentEvent, failed, type RecordedEvent } from '../../../messages';
import type { NewDeadline, NewProcessOutput } from '../../../store';
import { hashOf } from '../../definition/sequence';
import { correlated } from '../definition/correlation';
import { DecisionEncoder, type OutputContent } from './encoded-decisions';
import type { StoredCommand } from './inputs';
import { Instance } from './instance';
import type { ProcessHandlers } from './process-handlers';
import { ProcessPage } from './process-page';
import { takeDeadline, takeOutcome } from './taken-inputs';

/** A command that an instance has decided to send. */
export interface RehearsedCommand {
  readonly output: NewProcessOutput;
  readonly command: StoredCommand;
}

/** The outcome of a command: it led to events, or to none, or it threw. */
export type RehearsedOutcome = 'done' | 'no events' | { readonly thrown: unknown };

/** What an input led to. */
export interface Rehearsed {
  /** The instance that the input is for; undefined if there is none. */
  readonly instance: string | undefined;
  /** Its state as it is stored; undefined if it has not started. */
  readonly state: unknown;
  /** Why the instance was parked. */
  readonly error: { readonly thrown: unknown } | undefined;
  /** Why its handler was not called. */
  readonly note: string | undefined;
}

/**
 * Lets a process handle inputs one by one, as the engine does, but without a store: it keeps instances in memory, and
 * collects commands and deadlines.
 */
export class ProcessRehearsal {
  readonly #instances = new Map<string, Instance>();
  readonly #outputs = new Map<string, NewProcessOutput>();
  /** All deadlines that were ever set, by id. */
  readonly #deadlines = new Map<string, NewDeadline>();
  readonly #encoder: DecisionEncoder;

  constructor(
    private readonly handlers: ProcessHandlers,
    /** Returns the name of a command. @throws if it is none */
    nameOf: (command: object) => string,
  ) {
    this.#encoder = new DecisionEncoder(handlers.definition, nameOf);
  }

  /** The keys of the instances that have started or are parked. */
  get instances(): readonly string[] {
    return [...this.#instances.values()].filter(({ exists }) => exists).map(({ key }) => key);
  }

  /** Returns the commands that an instance has decided to send, in order. */
  commands(instance: string): readonly RehearsedCommand[] {
    const own = [...this.#outputs.values()].filter(output => output.instance === instance);
    return own.map(output => ({ output, command: (output.content as OutputContent).command }));
  }

  /** Returns the deadlines of an instance. */
  deadlines(instance: string): readonly NewDeadline[] {
    const ids = Object.values(this.#instances.get(instance)?.deadlines ?? {});
    return ids.map(id => this.#deadlines.get(id)!);
  }

  /**
   * Takes an event, all parts of one that is split; returns what the first part that failed, or the last one, led to.
   * @throws InvalidCorrelationError, and what making the state of a new instance throws
   */
  event(event: RecordedEvent): Rehearsed {
    const { name } = this.handlers.definition;
    const results = this.handlers.read(event).map(part => this.#part(part));
    const last = results.at(-1) ?? nothing(`the process '${name}' does not handle ${event.name}`);
    return results.find(({ error }) => error) ?? last;
  }

  #part(event: CurrentEvent): Rehearsed {
    const { definition } = this.handlers;
    const { name } = definition;
    const key = correlated(definition, event);
    if (key === undefined) return nothing(`correlate of '${name}' returned no instance for ${event.name}`);
    return this.#turn(key, Date.parse(event.recordedAt), (page, instance) => page.event(instance, event, false));
  }

  /** Lets a deadline come due. @param now milliseconds since 1970 */
  due(deadline: NewDeadline, now: number): Rehearsed {
    const { name: process } = this.handlers.definition;
    return this.#turn(deadline.instance, now, (page, instance) =>
      takeDeadline(page, instance, { ...deadline, process, held: false }),
    );
  }

  /** Takes the outcome of a command. @param now milliseconds since 1970 */
  outcome({ output }: RehearsedCommand, became: RehearsedOutcome, now: number): Rehearsed {
    const error = typeof became === 'object' ? became.thrown : undefined;
    const outcome = typeof became === 'object' ? undefined : { ...failed('', 0), succeeded: became === 'done' };
    return this.#turn(output.instance, now, (page, instance) =>
      takeOutcome(page, this.handlers, instance, { output, outcome, error }),
    );
  }

  #turn(key: string, now: number, take: (page: ProcessPage, instance: Instance) => void): Rehearsed {
    const instance = this.#instances.get(key) ?? new Instance(key, hashOf(key), undefined);
    this.#instances.set(key, instance);
    const page = new ProcessPage(this.handlers, this.#encoder, now);
    take(page, instance);
    const { inputs = [], outputs = [], deadlines = [] } = page.changes();
    for (const output of outputs) this.#outputs.set(output.id, output);
    for (const deadline of deadlines) this.#deadlines.set(deadline.id, deadline);
    const [failure] = page.failures;
    const note = inputs.length > 0 ? inputs.find(({ status }) => status !== 'handled')?.note : this.#whyLeft(instance);
    return { instance: key, state: instance.state, error: failure && { thrown: failure.error }, note };
  }

  #whyLeft({ key, exists }: Instance): string {
    const { name } = this.handlers.definition;
    return exists ? `the process '${name}' has no handler for it` : `'${name}' has no instance '${key}'`;
  }
}

const nothing = (note: string): Rehearsed => ({ instance: undefined, state: undefined, error: undefined, note });
