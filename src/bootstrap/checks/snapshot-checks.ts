import { definitionOf } from '../../model';
import type { EventStore, SnapshotStore } from '../../store';
import type { Components } from '../discovery/components';

/** Finds aggregates with snapshots where no store keeps them: they would work, but never become faster. */
export function snapshotStoreFaults(
  { aggregates }: Components,
  eventStore: EventStore | undefined,
  snapshotStore: SnapshotStore | false | undefined,
): string[] {
  if (snapshotStore !== undefined || eventStore === undefined || eventStore.snapshots) return [];
  const wanting = [...aggregates].map(definitionOf).filter(({ snapshot }) => snapshot);
  return wanting.map(
    ({ name }) =>
      `${name} needs snapshots, but the event store does not store them. Pass a store for them, { snapshotStore: new InMemorySnapshotStore() }, ` +
      'or turn them off: { snapshotStore: false }.',
  );
}
