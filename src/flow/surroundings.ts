import { isStrayPromise } from '../concurrency';
import { type CommandMessage, type DispatchOptions, isPlainObject, type MessageCause } from '../messages';

/** The message whose handler is running, and the command that waits for it. */
export interface Ambient {
  readonly cause: MessageCause;
  readonly parent: CommandMessage | undefined;
}

/** Gives entries for the metadata of messages from outside: the option `metadata` of a flow. */
export type Surroundings = () => DispatchOptions['metadata'];

/** Returns options with the metadata of the surroundings, such as a request, below a command's own. */
export function withSurroundings<Options extends Pick<DispatchOptions, 'metadata'> | undefined>(
  surroundings: Surroundings | undefined,
  options: Options,
): Options {
  const entries = surroundings?.();
  if (!entries) return options;
  // Anything else is refused as a command's own metadata are.
  const isUsable = !isStrayPromise(entries) && isPlainObject(entries);
  return { ...options, metadata: isUsable ? { ...entries, ...options?.metadata } : entries };
}
