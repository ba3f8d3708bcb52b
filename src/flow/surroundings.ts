import type { DispatchOptions } from '../messages';
import type { FlowParts } from './flow-parts';

/** Returns options with the metadata of the surroundings, such as a request, below a command's own. */
export function withSurroundings<Options extends Pick<DispatchOptions, 'metadata'> | undefined>(
  surroundings: FlowParts['metadata'],
  options: Options,
): Options {
  const entries = surroundings?.();
  return entries ? { ...options, metadata: { ...entries, ...options?.metadata } } : options;
}
