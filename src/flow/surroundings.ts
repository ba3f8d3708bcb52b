import type { CommandMessage, DispatchOptions, MessageCause } from '../messages';
import type { EventStore } from '../store';
import type { FlowParts } from './flow-parts';

/** The message whose handler is running, and the command that waits for it. */
export interface Ambient {
  readonly cause: MessageCause;
  readonly parent: CommandMessage | undefined;
}

/** The distinct stores: usually they are one, which is then searched only once. */
export const distinctStores = (...stores: EventStore[]) => [...new Set(stores)] as [EventStore, ...EventStore[]];

/** Returns options with the metadata of the surroundings, such as a request, below a command's own. */
export function withSurroundings<Options extends Pick<DispatchOptions, 'metadata'> | undefined>(
  surroundings: FlowParts['metadata'],
  options: Options,
): Options {
  const entries = surroundings?.();
  return entries ? { ...options, metadata: { ...entries, ...options?.metadata } } : options;
}
