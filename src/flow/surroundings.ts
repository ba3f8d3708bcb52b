import { isStrayPromise } from '../concurrency';
import { type CommandMessage, type DispatchOptions, isPlainObject, type MessageCause } from '../messages';
import type { FlowParts } from './flow-parts';

/** The message whose handler is running, and the command that waits for it. */
export interface Ambient {
  readonly cause: MessageCause;
  readonly parent: CommandMessage | undefined;
}

/** Returns options with the metadata of the surroundings, such as a request, below a command's own. */
export function withSurroundings<Options extends Pick<DispatchOptions, 'metadata'> | undefined>(
  surroundings: FlowParts['metadata'],
  options: Options,
): Options {
  const entries = surroundings?.();
  if (!entries) return options;
  // Anything else is refused as a command's own metadata are.
  const isUsable = !isStrayPromise(entries) && isPlainObject(entries);
  return { ...options, metadata: isUsable ? { ...entries, ...options?.metadata } : entries };
}
