import { isPlainMessage, must, refuseArguments, sealPayload, shownWithType } from '../messages';
import { dueTime, isDecision, type ProcessDecision, type StoredCommand } from '../processing';
import type { DecidedCommands } from './decided-commands';
import { copied } from './expectations';

/** A decision as a test compares and prints it: as it is stored. */
export type ShownDecision =
  | { readonly send: string; readonly data: object; readonly undo?: StoredCommand }
  | { readonly deadline: string; readonly dueAt: string; readonly content?: object }
  | { readonly cancel: string }
  | { readonly end: true };

const aDecision = must('a result of send, deadline, cancel or end', isDecision);

/** Refuses what is no decision, and a deadline without a time. @throws InvalidOptionsError */
export function refuseDecisions(expected: readonly unknown[]): void {
  refuseArguments(
    'then',
    Object.fromEntries(expected.map((each, place) => [`decisions[${place}]`, [each, aDecision]])),
  );
  const deadlines = (expected as readonly ProcessDecision[]).flatMap((each, place) =>
    each.kind === 'deadline' ? [[`decisions[${place}].due`, [each.due, aTime]] as const] : [],
  );
  refuseArguments('then', Object.fromEntries(deadlines));
}

const aTime = must("{ in: '30m' } or { at: new Date(...) }", due => dueTime(due, 0) !== undefined);

/** Returns a decision without what does not matter for a comparison. @param now of the input, in milliseconds */
export function shownDecision(decision: ProcessDecision, now: number, commands: DecidedCommands): ShownDecision {
  switch (decision.kind) {
    case 'send': {
      const { name, data } = commands.stored(decision.command);
      return { send: name, data, ...(decision.undo && { undo: commands.stored(decision.undo) }) };
    }
    case 'deadline': {
      const { key, due, content } = decision;
      const dueAt = new Date(dueTime(due, now) ?? Number.NaN);
      return {
        deadline: key,
        dueAt: Number.isNaN(dueAt.getTime()) ? shownWithType(due) : dueAt.toISOString(),
        ...(content && { content: copied(sealPayload(content, `The content of the deadline '${key}'`)) }),
      };
    }
    case 'cancel':
      return { cancel: decision.key };
    case 'end':
      return { end: true };
  }
}

/** Returns a command as a failure prints it. */
export const shownCommand = ({ name, data }: StoredCommand): string => `${name} ${JSON.stringify(data)}`;

export const aCommand = must(
  'a command: an instance of its class, or a plain { name, message } object',
  value =>
    typeof value === 'object' &&
    value !== null &&
    !isDecision(value) &&
    (isPlainMessage(value) || ![Object, Array].includes(value.constructor)),
);
