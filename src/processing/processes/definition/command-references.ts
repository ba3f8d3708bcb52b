import type { ClassReference } from '../../../messages';
import type { SendCommand } from './decisions';

/** A command by its class or, where it is sent as a plain `{ name, message }` object, by its name. */
export type CommandReference = ClassReference<object> | string;

/** The commands that references stand for. */
export type ReferredCommand<Reference extends CommandReference> =
  Reference extends ClassReference<infer Command>
    ? Command & object
    : Reference extends string
      ? { readonly name: Reference; readonly message?: object }
      : never;

/**
 * The commands that methods of a process send and that are not listed; never if all are. Types are compared by their
 * shape, so a class like a listed one is found only when it is sent. What is no more than an object is not known.
 */
export type UnlistedCommand<Process extends object, Reference extends CommandReference> = Exclude<
  {
    [Method in keyof Process]-?: Process[Method] extends (...parameters: any[]) => infer Returned
      ? CommandsIn<Returned>
      : never;
  }[keyof Process],
  ReferredCommand<Reference>
>;

type CommandsIn<Returned> = Returned extends readonly (infer Decision)[] ? CommandOf<Decision> : CommandOf<Returned>;
type CommandOf<Decision> =
  Decision extends SendCommand<infer Command> ? (object extends Command ? never : Command) : never;
