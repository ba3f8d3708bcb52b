import type { ProcessInput, ProcessOutput, ProcessStore } from '../../../store';
import type { ProcessDefinition, RejectionReason } from '../definition/definition';
import { shownState } from '../definition/state-fields';
import type { OutputContent, StoredDeadlineContent } from '../turns/encoded-decisions';
import type { DeadlineContent, RejectionContent } from '../turns/inputs';
import type { Instances } from '../turns/instances';

const PAGE = 1000;

/** An input of an instance, and what it led to. */
export interface ProcessStep<State extends object = any> {
  readonly run: number;
  readonly kind: 'event' | 'deadline' | 'rejection';
  /** The name of the event, the key of the deadline, or the name of the rejected command. */
  readonly name: string;
  /** Of an event: where it is stored. */
  readonly position: bigint | undefined;
  /** When it was stored, ISO 8601 in UTC. */
  readonly at: string;
  /** `waiting`: behind the input that parked the instance; `noted`: it had no effect. */
  readonly status: 'handled' | 'waiting' | 'noted';
  /** The error that parked the instance, or why the input was only noted. */
  readonly note: string | undefined;
  /** What a rejected command threw. */
  readonly error: RejectionReason | undefined;
  /** The state after it; undefined if it was not handled, or this code cannot compute it from inputs of older code. */
  readonly state: State | undefined;
  readonly commands: readonly ProcessStepCommand[];
}

/** A command that an instance has decided to send. */
export interface ProcessStepCommand {
  readonly id: string;
  readonly name: string;
  readonly data: object;
  readonly status: 'pending' | 'done' | 'rejected' | 'cancelled';
  /** Why it was rejected or cancelled. */
  readonly note: string | undefined;
}

/** A deadline that an instance waits for. */
export interface PendingDeadline {
  readonly key: string;
  readonly dueAt: Date;
  readonly content: object | undefined;
}

/** The inputs and decisions of an instance, and what it waits for. */
export interface ProcessHistory<State extends object = any> {
  readonly instance: string;
  readonly steps: readonly ProcessStep<State>[];
  readonly deadlines: readonly PendingDeadline[];
}

/** Reads the history of an instance. @throws errors of the store */
export async function readHistory(
  definition: ProcessDefinition,
  instances: Instances,
  processes: ProcessStore,
  instance: string,
): Promise<ProcessHistory> {
  const commands = new Map<string, ProcessStepCommand[]>();
  for await (const output of outputsOf(processes, definition.name, instance)) {
    const { id, status, note, content, input } = output;
    const { name, data } = (content as OutputContent).command;
    commands.set(input, [...(commands.get(input) ?? []), { id, name, data, status, note }]);
  }
  const inputs: ProcessInput[] = [];
  for await (const input of instances.inputs(instance)) inputs.push(input);
  const states = new Map<string, unknown>();
  for (const run of new Set(inputs.map(each => each.run))) await statesInto(states, instances, instance, run);
  const steps = await Promise.all(
    inputs.map(async input => {
      const state = states.get(input.id);
      return {
        run: input.run,
        ...{ kind: input.kind, name: await nameOf(instances, input), position: input.position },
        ...{ at: input.at, status: input.status, note: input.note, error: errorOf(input) },
        state: state === undefined ? undefined : shownState(definition, state),
        commands: commands.get(input.id) ?? [],
      };
    }),
  );
  const deadlines = await processes.deadlines(definition.name, { instance, limit: PAGE });
  return {
    instance,
    steps,
    deadlines: deadlines.map(({ key, dueAt, content }) => ({
      ...{ key, dueAt: new Date(dueAt), content: (content as StoredDeadlineContent).content },
    })),
  };
}

/** Returns no states if this code can no longer compute them. */
async function statesInto(
  states: Map<string, unknown>,
  instances: Instances,
  instance: string,
  run: number,
): Promise<void> {
  try {
    for await (const { input, state } of instances.states(instance, run)) states.set(input.id, state);
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'REFOLD') throw error;
  }
}

async function nameOf(instances: Instances, { id, kind, position, content }: ProcessInput): Promise<string> {
  if (kind === 'deadline') return (content as DeadlineContent).key;
  if (kind === 'rejection') return (content as RejectionContent).command.name;
  return (await instances.eventAt(position!, id))?.name ?? '(deleted)';
}

const errorOf = ({ kind, content }: ProcessInput): RejectionReason | undefined =>
  kind === 'rejection' ? (content as RejectionContent).error : undefined;

async function* outputsOf(processes: ProcessStore, process: string, instance: string): AsyncGenerator<ProcessOutput> {
  for (let after = 0n; ; ) {
    const page = await processes.outputs(process, { instance, after, limit: PAGE });
    yield* page;
    if (page.length < PAGE) return;
    after = page.at(-1)!.entry;
  }
}
