import type { StoredDeadline } from '../../../store';
import { CommandRejectedError } from '../definition/errors';
import type { SentCommand } from '../work/command-sender';
import type { OutputContent, StoredDeadlineContent } from './encoded-decisions';
import { type DeadlineContent, type ProcessTurnInput, type RejectionInput, type StoredError } from './inputs';
import type { Instance } from './instance';
import type { ProcessHandlers } from './process-handlers';
import type { ProcessPage } from './process-page';

/** Takes a deadline that has come due. */
export function takeDeadline(
  page: ProcessPage,
  instance: Instance,
  { key, id, dueAt, content, run }: StoredDeadline,
): void {
  page.clear(instance.key, key, id);
  // Moved or cancelled since it was found, or of an earlier run.
  if (instance.run !== run || instance.deadlines[key] !== id) return;
  const { content: own, cause } = content as StoredDeadlineContent;
  const stored: DeadlineContent = { key, dueAt, at: page.now, ...(own && { content: own }), cause };
  const input: ProcessTurnInput = { kind: 'deadline', id, content: stored };
  delete instance.deadlines[key];
  page.changed(instance);
  if (instance.status === 'parked') page.wait(instance, input);
  else page.handle(instance, input);
}

/** Tells whether an outcome changes its instance, or may: one that led to events does so only if it can be reversed. */
export const concernsInstance = ({ output, outcome }: SentCommand): boolean =>
  !outcome?.succeeded || (output.content as OutputContent).undo !== undefined;

/** Takes the outcome of a command that {@link concernsInstance}. */
export function takeOutcome(
  page: ProcessPage,
  handlers: ProcessHandlers,
  instance: Instance,
  { output, outcome, error }: SentCommand,
): void {
  if (outcome?.succeeded) {
    page.outcome(output.id, 'done');
    if (!instance.undo.some(({ id, done }) => id === output.id && !done)) return;
    instance.undo = instance.undo.map(each => (each.id === output.id ? { ...each, done: true } : each));
    page.changed(instance);
    return;
  }
  const { command, cause } = output.content as OutputContent;
  const thrown = outcome ? undefined : storedError(error);
  const reason = thrown ? `${thrown.name}: ${thrown.message}` : 'it led to no events';
  page.outcome(output.id, 'rejected', reason);
  const handled = handlers.handlesRejection(command.name);
  if (!handled && !thrown) return;
  const undo = instance.undo
    .filter(({ done }) => done)
    .map(each => each.undo)
    .reverse();
  const input: RejectionInput = {
    kind: 'rejection',
    id: `${output.id} rejected`,
    content: { output: output.id, command, at: page.now, ...(thrown && { error: thrown }), undo, cause },
  };
  if (instance.run !== output.run || instance.status === 'ended') {
    page.note(instance, input, 'the instance has ended');
    const consequence = 'the instance has ended, so its handler is not called';
    if (thrown) page.failures.push({ instance: instance.key, input, error, consequence });
  } else if (instance.status === 'parked') page.wait(instance, input);
  else takeRejection(page, handlers, instance, input);
}

/** Hands a rejected command to its handler, or parks the instance if there is none. */
export function takeRejection(
  page: ProcessPage,
  handlers: ProcessHandlers,
  instance: Instance,
  input: RejectionInput,
): void {
  const { command, error } = input.content;
  if (handlers.handlesRejection(command.name)) page.handle(instance, input);
  else {
    const reason = error?.message ?? 'it led to no events';
    page.park(instance, input, new CommandRejectedError(handlers.definition.name, instance.key, command.name, reason));
  }
}

function storedError(error: unknown): StoredError {
  const { name, message, code } = (error ?? {}) as { name?: unknown; message?: unknown; code?: unknown };
  return {
    name: typeof name === 'string' ? cut(name) : 'Error',
    message: cut(typeof message === 'string' ? message : String(error)),
    code: typeof code === 'string' ? cut(code) : undefined,
  };
}

/** Returns text in a form that every store accepts. */
const cut = (text: string): string => text.slice(0, 2000).replaceAll('\0', '\ufffd').toWellFormed();
