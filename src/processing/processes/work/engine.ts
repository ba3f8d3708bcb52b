import { EventReader } from '../../../messages';
import type { ProcessStore, ProjectionStore } from '../../../store';
import { Schedule } from '../../schedule/schedule';
import { INSTANCE_INDEXES, INSTANCES_VERSION, instancesOf } from '../turns/instance';
import { DueLook } from './due-look';
import type { ProcessCommands } from './process-commands';

/** What all process managers in one operating-system process share. */
export class ProcessEngine {
  readonly due: DueLook;
  /** Undefined if the flow schedules no commands. */
  readonly schedule: Schedule | undefined;
  readonly #prepared = new Map<string, Promise<void>>();

  constructor(
    readonly commands: ProcessCommands,
    readonly processes: ProcessStore,
    readonly store: ProjectionStore,
    /** Milliseconds since 1970. */
    readonly now: () => number,
    /** Whether the flow schedules commands. */
    scheduling = false,
    readonly reader = new EventReader(),
  ) {
    this.schedule = scheduling ? new Schedule(this) : undefined;
    this.due = new DueLook(processes, now);
  }

  /** Prepares the store for the instances of a process. */
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
