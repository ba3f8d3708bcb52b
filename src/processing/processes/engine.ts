import type { CommandOutcome, MessageCause } from '../../messages';
import type { ProcessStore, ProjectionStore } from '../../store';
import { DueLook } from './due-look';
import type { StoredCommand } from './inputs';
import { INSTANCE_INDEXES, INSTANCES_VERSION, instancesOf } from './instance';

/** What carries out the commands of processes. */
export interface ProcessCommands {
  /** Returns the name of a command. @throws UnnamedMessageError, MessageClassMismatchError, UnknownCommandError */
  nameOf(command: object): string;
  /** Returns an instance of the class that a stored command is of; without a class, a plain message. */
  revive(command: StoredCommand): object;
  dispatch(
    command: StoredCommand,
    options: { readonly commandId: string; readonly cause: MessageCause; readonly signal: AbortSignal },
  ): Promise<CommandOutcome>;
}

/** What all process managers of a process of the operating system share. */
export class ProcessEngine {
  readonly due: DueLook;
  readonly #prepared = new Map<string, Promise<void>>();

  constructor(
    readonly commands: ProcessCommands,
    readonly processes: ProcessStore,
    readonly store: ProjectionStore,
    /** Milliseconds since 1970. */
    readonly now: () => number,
  ) {
    this.due = new DueLook(processes, now);
  }

  /** Makes sure that the instances of a process can be stored. */
  prepare(process: string): Promise<void> {
    const known = this.#prepared.get(process) ?? this.#prepare(process);
    this.#prepared.set(process, known);
    return known;
  }

  async #prepare(process: string): Promise<void> {
    const name = instancesOf(process);
    try {
      await this.store.prepare({ name, version: INSTANCES_VERSION, indexes: [...INSTANCE_INDEXES] });
      await this.store.activate(name, INSTANCES_VERSION);
    } catch (error) {
      this.#prepared.delete(process);
      throw error;
    }
  }
}
