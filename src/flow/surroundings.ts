import { isStrayPromise } from '../concurrency';
import { type CommandMessage, type DispatchOptions, isPlainObject, type MessageCause } from '../messages';

/** The message whose handler is running, and the command that waits for it. */
export interface Ambient {
  readonly cause: MessageCause;
  readonly parent: CommandMessage | undefined;
}

/** Gives entries for the metadata of messages from outside: the option `metadata` of a flow. */
export type Surroundings = () => DispatchOptions['metadata'];

/**
 * Returns the entries that the surroundings of a message give, such as a request. What is no object of entries is to be
 * refused as a command's own metadata are, also a promise, whose error is ignored.
 */
export function entriesOf(surroundings: Surroundings | undefined): DispatchOptions['metadata'] {
  const entries = surroundings?.();
  isStrayPromise(entries);
  return entries || undefined;
}

/** Returns options with the metadata of the surroundings below a command's own. */
export function withSurroundings<Options extends Pick<DispatchOptions, 'metadata'> | undefined>(
  surroundings: Surroundings | undefined,
  options: Options,
): Options {
  const entries = entriesOf(surroundings);
  if (!entries) return options;
  return { ...options, metadata: isPlainObject(entries) ? { ...entries, ...options?.metadata } : entries };
}
