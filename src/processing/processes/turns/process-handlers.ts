import { isStrayPromise } from '../../../concurrency';
import {
  type CurrentEvent,
  contentOf,
  derivedId,
  EventReader,
  type RecordedEvent,
  sealPayload,
} from '../../../messages';
import { decodeState, encodeState } from '../../../model';
import { isDecision, type ProcessDecision, send } from '../definition/decisions';
import type {
  Deadline,
  ProcessContext,
  ProcessDefinition,
  ProcessTurn,
  RejectionContext,
} from '../definition/definition';
import { InvalidProcessDecisionError } from '../definition/errors';
import { type ProcessTurnInput, type RejectionContent, type StoredCommand, timeOf } from './inputs';

/** The instance that an input is for. */
export interface InstanceName {
  readonly instance: string;
  readonly run: number;
}

/** What a handler made of an input. */
export interface Handled {
  /** As it is stored. */
  readonly state: unknown;
  readonly decisions: readonly ProcessDecision[];
  /** Whether this ended the instance. */
  readonly ends: boolean;
}

const MAX_STATE_CHARACTERS = 256 * 1024;
const MAX_DECISIONS = 100;

/** Calls the handlers of a process. Each takes a state and an input, and returns the new state and decisions. */
export class ProcessHandlers {
  readonly #names: ReadonlySet<string>;

  constructor(
    readonly definition: ProcessDefinition,
    /** Returns a stored command as an instance of its class. */
    private readonly revive: (command: StoredCommand) => object,
    private readonly reader = new EventReader(),
  ) {
    this.#names = reader.storedNames(definition.handlers.keys());
  }

  /** Returns the state of a new instance, as it is stored. */
  initialState(): unknown {
    const { process } = this.definition;
    return encodeState(process.dataOf(process.initialState()));
  }

  /** Tells whether the process handles a stored event, or one that it may become. */
  hears({ name }: RecordedEvent): boolean {
    return this.#names.has(name);
  }

  /**
   * Returns what a stored event is in its current version, its parts if it is split: those that the process hears of.
   * @throws NewerEventError, MissingUpcasterError, UpcastFailedError
   */
  read(event: RecordedEvent): readonly CurrentEvent[] {
    if (!this.hears(event)) return [];
    const read = this.reader.read(event);
    const parts = Array.isArray(read) ? (read as readonly CurrentEvent[]) : [read as CurrentEvent];
    return parts.filter(({ name }) => this.definition.handlers.has(name));
  }

  /** Tells whether a rejected command has a handler. */
  handlesRejection(command: string): boolean {
    return this.definition.process.rejected.has(command);
  }

  /** @throws what the handler throws, InvalidProcessDecisionError, UnstorableValueError for the state */
  run(state: unknown, input: ProcessTurnInput, of: InstanceName): Handled {
    const { process, name } = this.definition;
    const fresh = process.initialState();
    const own = process.filled(fresh, decodeState(state) as object);
    const context = this.#contextOf(input, of);
    const returned = this.#handle(input, { state: own, context });
    const decisions = this.#decisionsOf(returned, of.instance);
    // A state that no store accepts is found here, so that only this instance is parked.
    const { state: stored } = sealPayload({ state: encodeState(process.dataOf(own)) }, name);
    const size = JSON.stringify(stored).length;
    if (size > MAX_STATE_CHARACTERS)
      throw new InvalidProcessDecisionError(name, of.instance, [
        `its state has ${size} characters as JSON; the limit is ${MAX_STATE_CHARACTERS}. Keep in it what later decisions need.`,
      ]);
    const isEnd = input.kind === 'event' && process.ends.has(input.event.name);
    return { state: stored, decisions, ends: isEnd || decisions.some(({ kind }) => kind === 'end') };
  }

  /** Returns the id that the handler of an input gets when it asks for one for the nth time. */
  protected idOf(input: ProcessTurnInput, n: number): string {
    return derivedId(`${input.id} ${this.definition.name} id`, n);
  }

  #handle(input: ProcessTurnInput, turn: ProcessTurn): unknown {
    const { handlers, process, name } = this.definition;
    switch (input.kind) {
      case 'event': {
        const handler = handlers.get(input.event.name);
        return handler?.handle(handler.revive(input.event), turn);
      }
      case 'deadline': {
        const { key, dueAt, content } = input.content;
        const handler = process.deadlines.get(key);
        if (!handler)
          throw new InvalidProcessDecisionError(name, turn.context.instance, [
            `the deadline '${key}' is due, but has no handler. Add a @DeadlineHandler('${key}').`,
          ]);
        return handler({ key, dueAt: new Date(dueAt), content } satisfies Deadline, turn);
      }
      case 'rejection': {
        const { command } = input.content;
        return process.rejected.get(command.name)?.handle(contentOf(this.revive(command)), turn);
      }
    }
  }

  #contextOf(input: ProcessTurnInput, { instance, run }: InstanceName): ProcessContext | RejectionContext {
    let ids = 0;
    const context: ProcessContext = {
      instance,
      ...{ run, now: new Date(timeOf(input)), event: input.kind === 'event' ? input.event : undefined },
      newId: () => this.idOf(input, ++ids),
    };
    return input.kind === 'rejection' ? { ...context, ...this.#ofRejection(input.content) } : context;
  }

  #ofRejection({ error, undo }: RejectionContent): Pick<RejectionContext, 'error' | 'undo'> {
    return { error, undo: () => undo.map(command => send(this.revive(command) as never)) };
  }

  #decisionsOf(returned: unknown, instance: string): readonly ProcessDecision[] {
    const refuse = (fault: string): never => {
      throw new InvalidProcessDecisionError(this.definition.name, instance, [fault]);
    };
    if (isStrayPromise(returned))
      refuse(
        'its handler returned a promise. Handlers of a process are pure: put anything asynchronous into a command.',
      );
    if (returned === undefined || returned === null) return [];
    const decisions: readonly unknown[] = Array.isArray(returned) ? returned : [returned];
    const wrong = decisions.findIndex(decision => !isDecision(decision));
    if (wrong >= 0)
      refuse(
        `its handler returned ${describe(decisions[wrong])}${Array.isArray(returned) ? ` at index ${wrong}` : ''}; it must return results of send, deadline, ` +
          'cancel and end, or nothing.',
      );
    if (decisions.length > MAX_DECISIONS)
      refuse(`its handler returned ${decisions.length} decisions; the limit is ${MAX_DECISIONS}.`);
    return decisions as readonly ProcessDecision[];
  }
}

const describe = (value: unknown): string =>
  typeof value === 'object' && value !== null
    ? `an instance of ${value.constructor?.name ?? 'no class'}`
    : String(value);
