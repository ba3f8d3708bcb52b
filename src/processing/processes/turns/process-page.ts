import { type CurrentEvent, formatError, isoTime, type RecordedEvent } from '../../../messages';
import {
  type DocumentWrite,
  type NewDeadline,
  type NewProcessInput,
  type NewProcessOutput,
  type ProcessChanges,
  storedNote,
} from '../../../store';
import { UnexpectedEventError } from '../definition/errors';
import type { DecisionEncoder, EncodedDecisions } from './encoded-decisions';
import { eventInput, type ProcessTurnInput } from './inputs';
import { INSTANCES_VERSION, type Instance, instancesOf } from './instance';
import type { Handled, ProcessHandlers } from './process-handlers';

/** A failure to report once the page is stored. */
export interface ProcessFailure {
  readonly instance: string;
  readonly input: ProcessTurnInput;
  readonly error: unknown;
  /** The consequence of the failure. */
  readonly consequence: string;
}

/** Collects what inputs of instances lead to, until it is committed in one step. Has no other effect. */
export class ProcessPage {
  readonly #ends = new Set<string>();
  readonly #inputs = new Map<string, NewProcessInput>();
  readonly #outputs = new Map<string, NewProcessOutput>();
  readonly #outcomes: Pick<NewProcessOutput, 'id' | 'status' | 'note'>[] = [];
  readonly #clear: { readonly instance: string; readonly key: string; readonly id?: string }[] = [];
  readonly #deadlines = new Map<string, Map<string, NewDeadline>>();
  readonly #hold = new Map<string, boolean>();
  readonly #forget = new Set<string>();
  readonly #touched = new Set<Instance>();
  readonly failures: ProcessFailure[] = [];

  constructor(
    private readonly handlers: ProcessHandlers,
    private readonly encoder: DecisionEncoder,
    /** Milliseconds since 1970. */
    readonly now: number,
  ) {}

  /** The instances that ended, and those that were released or held. */
  get ended(): ReadonlySet<string> {
    return this.#ends;
  }

  get held(): ReadonlyMap<string, boolean> {
    return this.#hold;
  }

  /** The commands that are to be sent once this is committed, in order. */
  get pending(): readonly NewProcessOutput[] {
    return [...this.#outputs.values()].filter(({ status }) => status === 'pending');
  }

  /** Whether there is nothing to store. */
  get isEmpty(): boolean {
    const { size } = this.#touched;
    return size + this.#inputs.size + this.#outputs.size + this.#outcomes.length + this.#clear.length === 0;
  }

  /** Takes an event for an instance. @param folds the event is older than the process: nothing is sent */
  event(instance: Instance, event: CurrentEvent, folds: boolean): void {
    const input = eventInput(event);
    if (instance.status === 'parked') return void this.wait(instance, input);
    const { starts, options } = this.handlers.definition.process;
    const runs = instance.status === 'running';
    const isStart = starts.has(event.name);
    const refusal = isStart ? startRefusal(instance, options) : runs ? undefined : unknownRefusal(instance, options);
    if (refusal === 'leave') return;
    if (refusal === 'ignore') return void this.note(instance, input, whyIgnored(runs));
    if (refusal === 'park')
      return void this.park(
        instance,
        input,
        new UnexpectedEventError(this.handlers.definition.name, instance.key, event.name, whyParked(instance)),
      );
    const undo = instance.mark();
    try {
      if (isStart && !runs) this.#start(instance, event);
    } catch (error) {
      return void this.park(instance, input, error);
    }
    this.handle(instance, input, { folds, undo });
  }

  /** Lets the handler of an input decide, and parks the instance if that fails. */
  handle(instance: Instance, input: ProcessTurnInput, { folds = false, undo = instance.mark() } = {}): void {
    const { key, run } = instance;
    try {
      if (instance.fault) throw instance.fault;
      const handled = this.handlers.run(instance.state, input, { instance: key, run });
      const encoded = this.encoder.encode(handled.decisions, input, instance, this.now);
      this.#conclude(instance, handled);
      this.record(instance, input, 'handled');
      this.#apply(instance, folds ? this.#folded(encoded) : encoded);
    } catch (error) {
      undo();
      this.park(instance, input, error);
    }
  }

  /** Puts an input behind the one that parked the instance. */
  wait(instance: Instance, input: ProcessTurnInput): void {
    this.record(instance, input, 'waiting');
  }

  /** Records an input that had no effect. */
  note(instance: Instance, input: ProcessTurnInput, why: string): void {
    this.record(instance, input, 'noted', why);
  }

  /** Parks an instance with the input that failed. */
  park(instance: Instance, input: ProcessTurnInput, error: unknown): void {
    const text = formatError(error);
    if (instance.status !== 'parked') instance.parkedFrom = instance.status;
    instance.status = 'parked';
    instance.error = storedNote(text);
    this.changed(instance);
    this.#hold.set(instance.key, true);
    this.record(instance, input, 'waiting', text);
    const consequence = 'the instance is parked until retry or discard';
    this.failures.push({ instance: instance.key, input, error, consequence });
  }

  /** Releases a parked instance. */
  release(instance: Instance): void {
    instance.status = instance.parkedFrom ?? 'running';
    instance.error = undefined;
    instance.parkedFrom = undefined;
    this.changed(instance);
    this.#hold.set(instance.key, false);
  }

  /** Forgets an instance. */
  forget(instance: Instance): void {
    instance.forgotten = true;
    this.changed(instance);
    this.#forget.add(instance.key);
  }

  /** Sets a deadline as a request to the owner of its segment. */
  request(deadline: NewDeadline): void {
    this.#deadlinesOf(deadline.instance).set(deadline.key, deadline);
  }

  /** Ends an instance, and drops what it waits for. */
  end(instance: Instance): void {
    const { key } = instance;
    if (instance.status === 'parked') this.#hold.set(key, false);
    instance.status = 'ended';
    instance.error = undefined;
    instance.parkedFrom = undefined;
    instance.deadlines = {};
    this.changed(instance);
    this.#ends.add(key);
    this.#deadlines.delete(key);
    for (const [id, output] of this.#outputs)
      if (output.instance === key && output.status === 'pending')
        this.#outputs.set(id, { ...output, status: 'cancelled', note: 'the instance ended before it was sent' });
  }

  /** Records the current form of an output. */
  output(output: NewProcessOutput): void {
    this.#outputs.set(output.id, output);
  }

  /** Records what became of a stored output. */
  outcome(id: string, status: NewProcessOutput['status'], note?: string): void {
    this.#outcomes.push({ id, status, note });
  }

  /** Deletes a deadline that has come due or is no longer needed. */
  clear(instance: string, key: string, id: string): void {
    this.#clear.push({ instance, key, id });
  }

  changed(instance: Instance): void {
    instance.changed = true;
    this.#touched.add(instance);
  }

  record(instance: Instance, input: ProcessTurnInput, status: NewProcessInput['status'], note?: string): void {
    const { key, hash } = instance;
    // The instance had not started; the input is recorded again with the run in which it is handled.
    const run = Math.max(1, instance.run);
    this.#touched.add(instance);
    this.#inputs.set(input.id, {
      id: input.id,
      ...{ instance: key, hash, run, kind: input.kind, status, note },
      ...(input.kind === 'event' ? { position: input.event.position } : { content: input.content }),
    });
  }

  /** Returns the documents to write. */
  writes(): DocumentWrite[] {
    const { name } = this.handlers.definition;
    const at = isoTime(this.now);
    return [...this.#touched]
      .filter(({ changed }) => changed)
      .map(instance => ({
        readModel: instancesOf(name),
        ...{ version: INSTANCES_VERSION, id: instance.key },
        document: instance.document(at),
      }));
  }

  changes(): ProcessChanges {
    return {
      ends: [...this.#ends],
      inputs: [...this.#inputs.values()],
      outputs: [...this.#outputs.values()],
      outcomes: this.#outcomes,
      clear: this.#clear,
      deadlines: [...this.#deadlines.values()].flatMap(byKey => [...byKey.values()]),
      hold: Array.from(this.#hold, ([instance, held]) => ({ instance, held })),
      forget: [...this.#forget],
    };
  }

  #start(instance: Instance, { recordedAt }: RecordedEvent): void {
    const state = this.handlers.initialState();
    instance.run += 1;
    instance.status = 'running';
    instance.startedAt = recordedAt;
    instance.version = this.handlers.definition.options.version ?? 1;
    instance.state = state;
    instance.undo = [];
    instance.fault = undefined;
    instance.deadlines = {};
    this.changed(instance);
  }

  #conclude(instance: Instance, { state, ends }: Handled): void {
    instance.state = state;
    this.changed(instance);
    if (ends) this.end(instance);
  }

  /** Replayed events send nothing, and their deadlines do not fire if they are already due. */
  #folded({ deadlines, cancelled }: EncodedDecisions): EncodedDecisions {
    return { outputs: [], deadlines: deadlines.filter(({ dueAt }) => dueAt > this.now), cancelled };
  }

  #deadlinesOf(instance: string): Map<string, NewDeadline> {
    const own = this.#deadlines.get(instance) ?? new Map<string, NewDeadline>();
    this.#deadlines.set(instance, own);
    return own;
  }

  #apply(instance: Instance, { outputs, deadlines, cancelled }: EncodedDecisions): void {
    const { key } = instance;
    for (const output of outputs) this.#outputs.set(output.id, output);
    instance.undo = [...instance.undo, ...this.encoder.undoOf(outputs)];
    // Commands decided together with the end of an instance wait for no outcome.
    if (instance.status === 'ended') return;
    const own = this.#deadlinesOf(key);
    for (const cancelledKey of cancelled) {
      const id = instance.deadlines[cancelledKey];
      if (id === undefined) continue;
      delete instance.deadlines[cancelledKey];
      own.delete(cancelledKey);
      this.#clear.push({ instance: key, key: cancelledKey });
    }
    for (const deadline of deadlines) {
      own.set(deadline.key, deadline);
      instance.deadlines[deadline.key] = deadline.id;
    }
  }
}

type Refusal = 'leave' | 'ignore' | 'park' | undefined;
type Options = ProcessHandlers['definition']['process']['options'];

function startRefusal({ status, exists }: Instance, { startTwice = 'park', again = 'run' }: Options): Refusal {
  if (status === 'running') return startTwice === 'handle' ? undefined : startTwice;
  return !exists || again === 'run' ? undefined : again;
}

const unknownRefusal = ({ exists }: Instance, { unknown = 'ignore' }: Options): Refusal => {
  if (exists) return 'ignore';
  return unknown === 'park' ? 'park' : 'leave';
};

const whyIgnored = (runs: boolean): string => (runs ? 'the instance has already started' : 'the instance has ended');

function whyParked({ status, exists }: Instance): string {
  if (status === 'running') return 'it has already started';
  return exists ? 'it has ended' : 'there is no such instance';
}
