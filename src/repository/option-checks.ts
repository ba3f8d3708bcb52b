import {
  aFunction,
  aLogger,
  aValidation,
  EventReader,
  either,
  InvalidOptionsError,
  integer,
  metadataEntries,
  must,
  type OptionChecks,
  optionFaults,
  options,
} from '../messages';
import { anEventStore, aSnapshotStore, type EventStore, KnownHistory } from '../store';
import type { CacheOptions } from './stream-cache';

const CACHE: OptionChecks<CacheOptions> = { max: integer(1), maxEvents: integer(1) };

/** The cache of the aggregates of one kind. */
export const aCache = either(value => value === false, options(CACHE, 'false, or an object such as { max: 10_000 }'));

/** Where snapshots are kept. */
export const snapshotKeeping = either(value => value === false, aSnapshotStore);

/** Checks of the options of a repository. */
export const REPOSITORY_OPTIONS = {
  cache: aCache,
  metadata: metadataEntries,
  recorded: aFunction,
  eventReader: must('an EventReader', value => value instanceof EventReader),
  history: must('what a flow knows of its events', value => value instanceof KnownHistory),
  validate: aValidation,
  snapshotStore: snapshotKeeping,
  logger: aLogger,
  onError: aFunction,
};

/** Refuses invalid options of a repository. @throws InvalidOptionsError */
export function refuseRepositoryOptions<Options>(
  store: EventStore,
  given: Options,
  checks: OptionChecks<Options>,
): void {
  const faults = optionFaults(given, checks);
  anEventStore(store, 'store', faults);
  if (faults.length > 0) throw new InvalidOptionsError('new Repository', faults);
}
