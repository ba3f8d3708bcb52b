import {
  aBoolean,
  aName,
  type ClassReference,
  integer,
  knownNames,
  millisecondsOf,
  must,
  type OptionChecks,
  oneOf,
  refuseArguments,
  refuseOptions,
  shownText,
  shownValue,
} from '../../../messages';
import type { EventStore } from '../../../store';
import type { ProcessDefinition } from '../definition/definition';
import { UnknownProcessError } from '../definition/errors';
import { shownState } from '../definition/state-fields';
import { INSTANCES_VERSION, type InstanceDocument, type InstanceStatus, instancesOf } from '../turns/instance';
import { Instances } from '../turns/instances';
import { ProcessHandlers } from '../turns/process-handlers';
import type { ProcessEngine } from '../work/engine';
import { type ProcessRequest, requested } from '../work/request';
import { type ProcessHistory, readHistory } from './process-history';

/** The current status of an instance of a process. */
export interface ProcessInstance<State extends object = any> {
  readonly instance: string;
  /** `parked`: an input failed, and the later ones wait for `retry` or `discard`. */
  readonly status: InstanceStatus;
  /** The number of its run. */
  readonly run: number;
  /** ISO 8601 in UTC. */
  readonly startedAt: string;
  readonly changedAt: string;
  readonly state: State;
  /** Why it is parked. */
  readonly error: string | undefined;
}

/** Which instances to find. */
export interface ProcessQuery {
  readonly status?: InstanceStatus;
  /** Only running instances that have not changed for the time in the option `idle` of the process. */
  readonly idle?: boolean;
  /** The latest first; default `startedAt`. With `idle` it is `changedAt`, the earliest first. */
  readonly orderBy?: 'startedAt' | 'changedAt';
  /** 1 to 1,000; default 100. */
  readonly limit?: number;
  /** The `cursor` of the previous page of the same query. */
  readonly after?: string;
}

/** A page of instances; `cursor` is the `after` of the next one. */
export interface ProcessInstancePage<State extends object = any> {
  readonly items: readonly ProcessInstance<State>[];
  readonly cursor: string | undefined;
}

const QUERY: OptionChecks<ProcessQuery> = {
  status: oneOf('running', 'parked', 'ended'),
  idle: aBoolean,
  orderBy: oneOf('startedAt', 'changedAt'),
  limit: integer(1, 1000),
  after: must('the cursor of a page', value => typeof value === 'string'),
};

/** The instances of one process, to inspect and repair. `flow.processManagers.of(...)` returns it. */
export class ProcessManagerAdministration<State extends object = any> {
  readonly #instances: Instances;

  constructor(
    private readonly definition: ProcessDefinition,
    private readonly engine: ProcessEngine,
    eventStore: Pick<EventStore, 'readAll'>,
  ) {
    const handlers = new ProcessHandlers(definition, command => engine.commands.revive(command), engine.reader);
    this.#instances = new Instances(handlers, engine.store, engine.processes, eventStore);
  }

  get name(): string {
    return this.definition.name;
  }

  /** Returns an instance; undefined if there is none. @throws InvalidOptionsError, errors of the store */
  async get(instance: string): Promise<ProcessInstance<State> | undefined> {
    refuseArguments('processManagers.get', { instance: [instance, aName] });
    await this.engine.prepare(this.name);
    const found = await this.engine.store.get(instancesOf(this.name), INSTANCES_VERSION, [instance]);
    const document = found.get(instance);
    return document && this.#shown(instance, document as InstanceDocument);
  }

  /** Returns a page of instances. @throws InvalidOptionsError, InvalidDocumentQueryError, errors of the store */
  async find(query: ProcessQuery = {}): Promise<ProcessInstancePage<State>> {
    refuseOptions('processManagers.find', query, QUERY);
    const { status, idle = false, orderBy = 'startedAt', limit, after } = query;
    const idleFor = millisecondsOf(this.definition.process.options.idle);
    if (idle && (idleFor === undefined || (status !== undefined && status !== 'running')))
      return { items: [], cursor: undefined };
    const wanted = idle ? 'running' : status;
    await this.engine.prepare(this.name);
    const page = await this.engine.store.find(instancesOf(this.name), INSTANCES_VERSION, {
      ...(wanted && { where: { status: wanted } }),
      orderBy: idle ? 'changedAt' : { field: orderBy, direction: 'desc' },
      ...(limit !== undefined && { limit }),
      ...(after !== undefined && { after }),
    });
    const found = page.items.map(({ id, document }) => this.#shown(id, document as InstanceDocument));
    if (!idle) return { items: found, cursor: page.cursor };
    const before = new Date(this.engine.now() - idleFor!).toISOString();
    const items = found.filter(({ changedAt }) => changedAt <= before);
    return { items, cursor: items.length === found.length ? page.cursor : undefined };
  }

  /**
   * Returns the inputs and decisions of an instance in order, with its state after each step, and what it waits for.
   * @throws InvalidOptionsError, errors of the store
   */
  history(instance: string): Promise<ProcessHistory<State>> {
    refuseArguments('processManagers.history', { instance: [instance, aName] });
    return readHistory(this.definition, this.#instances, this.engine.processes, instance);
  }

  /**
   * Asks the process that owns the instance to handle its waiting inputs, until one fails.
   * @returns whether the instance is parked
   * @throws InvalidOptionsError, errors of the store
   */
  retry(instance: string): Promise<boolean> {
    return this.#request('retry', { kind: 'retry', instance }, 'parked');
  }

  /**
   * Asks the process that owns the instance to skip the input that failed, and to handle those behind it.
   * @returns whether the instance is parked
   * @throws InvalidOptionsError, errors of the store
   */
  discard(instance: string): Promise<boolean> {
    return this.#request('discard', { kind: 'discard', instance, which: 'first' }, 'parked');
  }

  /**
   * Asks the process that owns the instance to end it: its deadlines, unsent commands and waiting inputs are dropped.
   * @returns whether there is such an instance that has not ended
   * @throws InvalidOptionsError, errors of the store
   */
  end(instance: string): Promise<boolean> {
    return this.#request('end', { kind: 'end', instance }, 'running', 'parked');
  }

  async #request(what: string, request: ProcessRequest, ...statuses: readonly InstanceStatus[]): Promise<boolean> {
    refuseArguments(`processManagers.${what}`, { instance: [request.instance, aName] });
    const found = await this.get(request.instance);
    if (!found || !statuses.includes(found.status)) return false;
    await this.engine.processes.schedule(this.name, [requested(request)]);
    this.engine.due.expect(this.engine.now());
    return true;
  }

  #shown(instance: string, document: InstanceDocument): ProcessInstance<State> {
    const { status, run, startedAt, changedAt, state, error } = document;
    return { instance, status, run, startedAt, changedAt, state: shownState(this.definition, state) as State, error };
  }
}

/** The process managers of a flow: `flow.processManagers`. */
export class ProcessManagers {
  readonly #byName: ReadonlyMap<string, ProcessManagerAdministration>;

  constructor(
    definitions: readonly ProcessDefinition[],
    private readonly engine: ProcessEngine | undefined,
    eventStore: Pick<EventStore, 'readAll'>,
    /** Returns the name of a process by its class. */
    private readonly nameOf: (type: Function) => string | undefined,
  ) {
    this.#byName = new Map(
      engine ? definitions.map(each => [each.name, new ProcessManagerAdministration(each, engine, eventStore)]) : [],
    );
  }

  /** The names of the process managers. */
  get names(): Iterable<string> {
    return this.#byName.keys();
  }

  /** @internal Returns when the next deadline of the flow is due, in milliseconds since 1970. */
  nextDue(): Promise<number | undefined> {
    return this.engine?.due.next() ?? Promise.resolve(undefined);
  }

  /**
   * Returns the instances of a process manager, to inspect and repair. Give its class, its definition or its name.
   * @throws UnknownProcessError
   */
  of<State extends object>(
    process: ProcessDefinition<State> | ClassReference<State>,
  ): ProcessManagerAdministration<State>;
  of(process: string): ProcessManagerAdministration;
  of(process: string | ProcessDefinition | ClassReference): ProcessManagerAdministration {
    const name =
      typeof process === 'function' ? this.nameOf(process) : typeof process === 'string' ? process : process?.name;
    const found = this.#byName.get(String(name));
    if (found) return found;
    const shown = typeof process === 'string' ? `'${shownText(process)}'` : shownValue(process);
    throw new UnknownProcessError(
      `${shown} is no process manager of this flow. ${knownNames(String(name), [...this.#byName.keys()])}`,
    );
  }
}
