import {
  derivedId,
  isName,
  knownNames,
  type MessageCause,
  sealPayload,
  shownText,
  shownValue,
  shownWithType,
} from '../../../messages';
import type { NewDeadline, NewProcessOutput } from '../../../store';
import type { ProcessDecision, SendCommand, SetDeadline } from '../definition/decisions';
import type { ProcessDefinition } from '../definition/definition';
import { InvalidProcessDecisionError } from '../definition/errors';
import { sentNames } from '../definition/sent-commands';
import { dueTime, endlessTime, refusedTime } from './due-time';
import { causeOf, type ProcessTurnInput, type StoredCause, type StoredCommand, storedCommand, timeOf } from './inputs';
import type { Instance, UndoableCommand } from './instance';

const MAX_DEADLINES = 100;

/** What is stored of a command that is to be sent. */
export interface OutputContent {
  readonly command: StoredCommand;
  readonly undo?: StoredCommand;
  readonly cause: StoredCause;
}

/** What is stored of a deadline. */
export interface StoredDeadlineContent {
  readonly content?: object;
  readonly cause: StoredCause;
}

/** Decisions as they are stored. */
export interface EncodedDecisions {
  readonly outputs: readonly NewProcessOutput[];
  readonly deadlines: readonly NewDeadline[];
  readonly cancelled: readonly string[];
}

/** Encodes decisions for the store, and finds all faults that prevent it. */
export class DecisionEncoder {
  readonly #sends: ReadonlySet<string> | undefined;

  constructor(
    private readonly definition: ProcessDefinition,
    /** Returns the name of a command. @throws if it is not a command, is invalid, or has no handler */
    private readonly checkedName: (command: object) => string,
  ) {
    this.#sends = sentNames(definition.process.options.sends);
  }

  /** @throws InvalidProcessDecisionError with all faults */
  encode(decisions: readonly ProcessDecision[], input: ProcessTurnInput, of: Instance, now: number): EncodedDecisions {
    const outputs: NewProcessOutput[] = [];
    let deadlines: NewDeadline[] = [];
    const cancelled: string[] = [];
    const faults: string[] = [];
    const cause = storedCause(causeOf(input));
    const { key: instance, hash, run } = of;
    const id = (what: string, place: number): string =>
      derivedId(`${input.id} ${this.definition.name} ${what}`, place + 1);
    for (const [place, decision] of decisions.entries()) {
      if (decision.kind === 'send') {
        const content = this.#content(decision, place, faults, cause);
        if (content)
          outputs.push({
            id: id('command', place),
            ...{ instance, hash, run, input: input.id },
            ...{ content, status: 'pending' },
          });
      } else if (decision.kind === 'deadline') {
        const dueAt = this.#dueAt(decision, input, now, place, faults);
        const content = storable(decision.content, `decisions[${place}].content`, faults);
        const stored: StoredDeadlineContent = { cause, ...(content && { content }) };
        deadlines.push({ instance, hash, key: decision.key, id: id('deadline', place), run, dueAt, content: stored });
      } else if (decision.kind === 'cancel') {
        cancelled.push(decision.key);
        deadlines = deadlines.filter(({ key }) => key !== decision.key);
      }
    }
    const keys = new Set([...Object.keys(of.deadlines), ...deadlines.map(({ key }) => key)]);
    if (keys.size > MAX_DEADLINES)
      faults.push(`the instance would have ${keys.size} deadlines; the limit is ${MAX_DEADLINES}.`);
    if (faults.length > 0) throw new InvalidProcessDecisionError(this.definition.name, instance, faults);
    return { outputs, deadlines, cancelled };
  }

  /** Returns the commands that have another one to reverse them. */
  undoOf(outputs: readonly NewProcessOutput[]): UndoableCommand[] {
    return outputs.flatMap(({ id, content }) => {
      const { undo } = content as OutputContent;
      return undo ? [{ id, undo, done: false }] : [];
    });
  }

  #content(
    { command, undo }: SendCommand,
    place: number,
    faults: string[],
    cause: StoredCause,
  ): OutputContent | undefined {
    const path = `decisions[${place}]`;
    const stored = this.#command(command, `${path}.command`, faults);
    const reverse = undo === undefined ? undefined : this.#command(undo, `${path}.undo`, faults);
    return stored && { command: stored, ...(reverse && { undo: reverse }), cause };
  }

  #command(command: object, path: string, faults: string[]): StoredCommand | undefined {
    try {
      const name = this.checkedName(command);
      if (this.#sends?.has(name) === false)
        throw new Error(`${shownText(name)} is not in the option sends. ${knownNames(name, this.#sends)}`);
      return storedCommand(name, command, path);
    } catch (error) {
      faults.push(`${path}: ${(error as Error).message}`);
      return undefined;
    }
  }

  #dueAt({ key, due }: SetDeadline, input: ProcessTurnInput, now: number, place: number, faults: string[]): number {
    if (!isName(key) || key.startsWith('$'))
      faults.push(
        `decisions[${place}].key is ${shownValue(key)}; it must be text of 1 to 255 characters that does not begin with $.`,
      );
    else if (!this.definition.process.deadlines.has(key))
      faults.push(
        `decisions[${place}] sets the deadline '${key}', which has no handler. Add a @DeadlineHandler('${key}').`,
      );
    const at = dueTime(due, timeOf(input));
    if (at === undefined)
      faults.push(
        `decisions[${place}].due is ${shownWithType(due)}; it must be { in: '30m' } or { at: new Date(...) }.`,
      );
    const refused = at === undefined ? undefined : (refusedTime(at, now) ?? endlessTime(key, due, at, input));
    if (refused) faults.push(`decisions[${place}] sets the deadline '${key}' to ${refused}`);
    return at ?? 0;
  }
}

const storedCause = ({ id, correlationId, metadata }: MessageCause): StoredCause => ({ id, correlationId, metadata });

function storable(content: object | undefined, path: string, faults: string[]): object | undefined {
  if (content === undefined) return undefined;
  try {
    return sealPayload(content, path);
  } catch (error) {
    faults.push((error as Error).message);
    return undefined;
  }
}
