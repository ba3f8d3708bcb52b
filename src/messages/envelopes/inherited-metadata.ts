import type { EventMetadata } from './recorded-event';

/** Which metadata entries of its cause a message inherits: all, none, or those named. */
export type InheritedEntries = boolean | readonly string[];

/** The entries that the framework sets for each message, which are not inherited. */
const OWN: ReadonlySet<string> = new Set(['correlationId', 'causationId', 'commandName', 'commandCausationId']);

/** Returns the entries that a message inherits from the metadata of its cause. */
export function inheritedEntries(
  metadata: EventMetadata,
  inherit: InheritedEntries,
): Readonly<Record<string, unknown>> {
  if (inherit === false) return {};
  const named = inherit === true ? Object.keys(metadata) : inherit.filter(entry => Object.hasOwn(metadata, entry));
  return Object.fromEntries(named.filter(entry => !OWN.has(entry)).map(entry => [entry, metadata[entry]]));
}
