import { type CurrentEvent, errorMessage } from '../../../messages';
import type { EventStore, ProcessInput, ProcessStore, ProjectionStore } from '../../../store';
import { hashOf } from '../../definition/sequence';
import { RefoldError } from '../definition/errors';
import { type DeadlineContent, eventInput, type ProcessTurnInput, type RejectionContent } from './inputs';
import { INSTANCES_VERSION, Instance, type InstanceDocument, instancesOf } from './instance';
import type { InstanceName, ProcessHandlers } from './process-handlers';

const PAGE_INPUTS = 1000;

/** Reads the instances of a process, with the state as this code computes it. */
export class Instances {
  readonly #readModel: string;

  constructor(
    private readonly handlers: ProcessHandlers,
    private readonly store: ProjectionStore,
    private readonly processes: ProcessStore,
    private readonly eventStore: Pick<EventStore, 'readAll'>,
  ) {
    this.#readModel = instancesOf(handlers.definition.name);
  }

  /** Returns instances by key, including those that do not exist yet. @throws errors of the store */
  async load(keys: Iterable<string>): Promise<ReadonlyMap<string, Instance>> {
    const wanted = [...new Set(keys)];
    if (wanted.length === 0) return new Map();
    const stored = await this.store.get(this.#readModel, INSTANCES_VERSION, wanted);
    const instances = new Map(
      wanted.map(key => [key, new Instance(key, hashOf(key), stored.get(key) as InstanceDocument | undefined)]),
    );
    for (const instance of instances.values()) {
      const { stored: known, run } = instance;
      if (known && known.status !== 'ended' && run > 0 && known.version !== this.#version) await this.#refold(instance);
    }
    return instances;
  }

  /** Returns the waiting inputs of an instance, ready to be handled. @throws errors of the store */
  async waiting(instance: string): Promise<readonly ProcessTurnInput[]> {
    const inputs: ProcessTurnInput[] = [];
    for await (const input of this.inputs(instance, 'waiting')) inputs.push(await this.#turnInput(input));
    return inputs;
  }

  /** Yields the inputs of an instance in their order. */
  async *inputs(instance: string, status?: ProcessInput['status']): AsyncGenerator<ProcessInput> {
    let after: bigint | undefined;
    for (;;) {
      const page = await this.processes.inputs(this.handlers.definition.name, {
        instance,
        limit: PAGE_INPUTS,
        ...(status && { status }),
        ...(after !== undefined && { after }),
      });
      yield* page;
      if (page.length < PAGE_INPUTS) return;
      after = page.at(-1)!.entry;
    }
  }

  /** Returns the state after each handled input of a run, without what they decided. */
  async *states(
    instance: string,
    run: number,
  ): AsyncGenerator<{ readonly input: ProcessInput; readonly state: unknown }> {
    let state = this.handlers.initialState();
    for await (const input of this.inputs(instance, 'handled')) {
      if (input.run !== run) continue;
      state = this.#fold(state, await this.#turnInput(input), { instance, run });
      yield { input, state };
    }
  }

  get #version(): number {
    return this.handlers.definition.options.version ?? 1;
  }

  /** Recomputes a state of other code from the inputs of the instance. Nothing is sent again. */
  async #refold(instance: Instance): Promise<void> {
    const { key, run } = instance;
    try {
      let made = this.handlers.initialState();
      for await (const { state } of this.states(key, run)) made = state;
      instance.state = made;
      instance.version = this.#version;
      instance.changed = true;
    } catch (error) {
      if (!(error instanceof RefoldError)) throw error;
      instance.fault = error;
    }
  }

  #fold(state: unknown, input: ProcessTurnInput, of: InstanceName): unknown {
    try {
      return this.handlers.run(state, input, of).state;
    } catch (error) {
      throw this.#cannotFold(of.instance, error);
    }
  }

  #cannotFold(instance: string, error: unknown): RefoldError {
    return new RefoldError(this.handlers.definition.name, instance, this.#version, error, errorMessage(error));
  }

  async #turnInput({ id, instance, kind, position, content }: ProcessInput): Promise<ProcessTurnInput> {
    if (kind === 'deadline') return { kind, id, content: content as DeadlineContent };
    if (kind === 'rejection') return { kind, id, content: content as RejectionContent };
    const event = await this.eventAt(position!, id);
    if (!event)
      throw this.#cannotFold(instance, new Error(`the event at position ${position} is no longer in the store`));
    return { kind, id, event };
  }

  /**
   * Returns the event at a position, or the part of it that is an input; undefined if it is no longer in the store.
   * @throws NewerEventError, MissingUpcasterError, UpcastFailedError
   */
  async eventAt(position: bigint, input: string): Promise<CurrentEvent | undefined> {
    const [event] = await this.eventStore.readAll({ after: position - 1n, limit: 1 });
    if (event?.position !== position) return undefined;
    const parts = this.handlers.read(event);
    return parts.find(part => eventInput(part).id === input) ?? (input === event.id ? parts[0] : undefined);
  }
}
