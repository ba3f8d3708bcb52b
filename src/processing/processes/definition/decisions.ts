import type { Duration } from '../../../messages';

/** Marks the results of the functions below, so that another copy of the package recognizes them. */
const DECISION = Symbol.for('eventuality.process-decision');

/** Sends a command once the decision is stored. */
export interface SendCommand<Command extends object = object> {
  readonly kind: 'send';
  /** An instance of its class, or a plain `{ name, message }` object. */
  readonly command: Command;
  /** What reverses the command; see `RejectionContext.undo`. */
  readonly undo: Command | undefined;
}

/** Sets a deadline, or moves it. */
export interface SetDeadline<Key extends string = string> {
  readonly kind: 'deadline';
  readonly key: Key;
  readonly due: DeadlineTime;
  /** What its handler receives as `content`. */
  readonly content: object | undefined;
}

/** Deletes a deadline. */
export interface CancelDeadline<Key extends string = string> {
  readonly kind: 'cancel';
  readonly key: Key;
}

/** Ends the instance. */
export interface EndProcess {
  readonly kind: 'end';
}

/** What a handler of a process decides. */
export type ProcessDecision<Key extends string = string, Command extends object = object> =
  | SendCommand<Command>
  | SetDeadline<Key>
  | CancelDeadline<Key>
  | EndProcess;

/** When a deadline is due: so long after `now` of the context, or at a time. */
export type DeadlineTime = { readonly in: Duration } | { readonly at: Date | string };

/**
 * Sends a command after the decision is stored, under an id that is derived from the input: however often it is sent,
 * also after a crash, it takes effect once. The commands of an instance are sent one at a time, in the order decided.
 * @param options `undo`: a command that reverses this one, for `RejectionContext.undo`
 * @example send(new RequestPayment(id, cents), { undo: new Refund(id) })
 */
export const send = <const Command extends object, const Undo extends object = never>(
  command: Command,
  options: { readonly undo?: Undo } = {},
): SendCommand<Command | Undo> => marked({ kind: 'send', command, undo: options?.undo });

/**
 * Sets a deadline of the instance; one that already has this key is moved. `in` counts exact milliseconds from `now` of
 * the context.
 * @param content data for the handler, JSON
 * @example deadline('payment', { in: '30m' })
 */
export const deadline = <const Key extends string>(key: Key, due: DeadlineTime, content?: object): SetDeadline<Key> =>
  marked({ kind: 'deadline', key, due, content });

/** Deletes a deadline; does nothing if there is none with this key. */
export const cancel = <const Key extends string>(key: Key): CancelDeadline<Key> => marked({ kind: 'cancel', key });

/**
 * Ends the instance. Its deadlines, and the commands that it has not sent yet, are dropped, except commands that are
 * returned together with `end()`.
 */
export const end = (): EndProcess => marked({ kind: 'end' });

/** Tells whether a value is a result of `send`, `deadline`, `cancel` or `end`. */
export const isDecision = (value: unknown): value is ProcessDecision =>
  typeof value === 'object' && value !== null && (value as { [DECISION]?: unknown })[DECISION] === true;

function marked<D extends object>(decision: D): D {
  Object.defineProperty(decision, DECISION, { value: true });
  return Object.freeze(decision);
}
