import { shownValue } from '../messages';
import { canBeReadModel, checkReadModel, type EventStore, InvalidReadModelError, type ProjectionStore } from '../store';
import type { FollowerDefinition } from './definition';

/** How a definition is called in a fault. */
export type PlaceOf = (definition: FollowerDefinition) => string;

const MODES = ['async', 'inline', 'live'];
/** What says how a follower works in the background: an inline projection fills with defaults, a live one has no background. */
const BACKGROUND = ['segments', 'sequenceBy', 'retry', 'onError', 'replay'] as const;
const MOST_SEGMENTS = 256;

/** Tells whether a store can keep what followers need. */
export const keepsFollowers = (store: EventStore['projections']): store is ProjectionStore =>
  store !== undefined && typeof (store as Partial<ProjectionStore>).versions === 'function';

/** Finds what keeps projections and durable listeners from working, as sentences with their fixes. */
export function followerFaults(
  definitions: readonly FollowerDefinition[],
  eventStore: EventStore | undefined,
  placeOf: PlaceOf = ({ kind, name }) => `The ${kind} '${name}'`,
): string[] {
  const faults = definitions.flatMap(definition => {
    const place = placeOf(definition);
    return [...shapeFaults(definition), ...modeFaults(definition), ...numberFaults(definition)].map(fault => `${place} ${fault}`);
  });
  return [...faults, ...sharedNames(definitions, placeOf), ...(eventStore ? storeFaults(definitions, eventStore, placeOf) : [])];
}

function shapeFaults({ kind, name, options, handlers }: FollowerDefinition): string[] {
  const faults: string[] = [];
  if (!canBeReadModel(name, 1)) faults.push(`has the name ${shownValue(name)}; it must be text of 1 to 255 characters.`);
  if (handlers.size === 0) faults.push('handles no event. Decorate a method with @EventHandler, or give handlers in `on`.');
  if (kind === 'listener' && options.indexes)
    faults.push('has indexes, but a listener has no documents. Remove them, or make it a projection.');
  try {
    checkReadModel({ name: 'it', version: 1, indexes: options.indexes ?? [] });
  } catch (error) {
    if (!(error instanceof InvalidReadModelError)) throw error;
    faults.push(...error.faults.map(fault => `is declared wrongly: ${fault}`));
  }
  return faults;
}

function modeFaults({ kind, options, handlers }: FollowerDefinition): string[] {
  const { mode = 'async' } = options;
  if (!MODES.includes(mode)) return [`has the mode ${shownValue(mode)}; it must be one of ${MODES.join(', ')}.`];
  if (mode === 'async') return [];
  if (kind === 'listener') return [`is a listener with the mode '${mode}'. A listener follows by checkpoint: remove the mode.`];
  const useless = BACKGROUND.filter(option => options[option] !== undefined);
  const faults = useless.map(option => `has the mode '${mode}', in which ${option} means nothing. Remove it, or take the mode 'async'.`);
  if (mode === 'live' && [...handlers.values()].some(({ replay }) => replay))
    faults.push("has the mode 'live', in which nothing is replayed. Remove @ReplayHandler, or take the mode 'async'.");
  return faults;
}

function numberFaults({ options }: FollowerDefinition): string[] {
  const { version = 1, segments = 1, sequenceBy = 'aggregate', onError = 'park', replay = 'run', retry = {} } = options;
  const faults: string[] = [];
  if (!canBeReadModel('it', version)) faults.push(`has the version ${shownValue(version)}; it must be an integer from 1.`);
  if (!isIntegerFrom(1, segments) || segments > MOST_SEGMENTS)
    faults.push(`has ${shownValue(segments)} segments; it must be an integer from 1 to ${MOST_SEGMENTS}.`);
  if (typeof sequenceBy !== 'function' && !['aggregate', 'all'].includes(sequenceBy))
    faults.push(`has sequenceBy ${shownValue(sequenceBy)}; it must be 'aggregate', 'all', or a function of the event.`);
  if (!['park', 'stop'].includes(onError)) faults.push(`has onError ${shownValue(onError)}; it must be 'park' or 'stop'.`);
  if (!['run', 'skip'].includes(replay)) faults.push(`has replay ${shownValue(replay)}; it must be 'run' or 'skip'.`);
  const { attempts = 1, delay = 0, maxDelay = 0 } = retry;
  if (!isIntegerFrom(1, attempts)) faults.push(`has retry.attempts ${shownValue(attempts)}; it must be an integer from 1.`);
  for (const [name, value] of Object.entries({ delay, maxDelay }))
    if (!(Number.isFinite(value) && value >= 0)) faults.push(`has retry.${name} ${shownValue(value)}; it must be milliseconds from 0.`);
  return faults;
}

function sharedNames(definitions: readonly FollowerDefinition[], placeOf: PlaceOf): string[] {
  const byName = new Map<string, FollowerDefinition[]>();
  for (const definition of definitions) byName.set(definition.name, [...(byName.get(definition.name) ?? []), definition]);
  return [...byName]
    .filter(([, sharing]) => sharing.length > 1)
    .map(
      ([name, sharing]) =>
        `Two projections or listeners have the name '${name}': ${sharing.map(placeOf).join(' and ')}. It names what they store: give one another.`,
    );
}

function storeFaults(definitions: readonly FollowerDefinition[], { projections }: EventStore, placeOf: PlaceOf): string[] {
  const stored = definitions.filter(({ options }) => options.mode !== 'live');
  if (stored.length === 0) return [];
  if (!keepsFollowers(projections))
    return [
      `${stored.map(placeOf).join(' and ')} need${stored.length === 1 ? 's' : ''} an event store that keeps documents and checkpoints; this one ` +
        "has no `projections`, or not all of it. Take another store, or the mode 'live'.",
    ];
  if (typeof projections.transaction === 'function') return [];
  return stored
    .filter(({ options }) => options.mode === 'inline')
    .map(each => `${placeOf(each)} has the mode 'inline', and the event store has no \`projections.transaction\`. Take the mode 'async'.`);
}

const isIntegerFrom = (least: number, value: number): boolean => Number.isSafeInteger(value) && value >= least;
