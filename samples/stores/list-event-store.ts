import type { EventStore, RecordedEvent } from 'eventuality';
import {
  CustomEventStore,
  checkAppends,
  conflictsOf,
  eventsToRestore,
  isoTime,
  recordAppends,
  repeatedEvents,
  type StreamName,
  sealRestored,
  storePage,
  streamKey,
} from 'eventuality/store-kit';

/** Keeps events in lists: all that an event store must hold, in one function. */
export function listStore(): EventStore {
  const events: RecordedEvent[] = [];
  const versions = new Map<string, number>();
  const byId = new Map<string, RecordedEvent>();
  const versionOf = (stream: StreamName): number => versions.get(streamKey(stream)) ?? 0;
  const last = (): bigint => events.at(-1)?.position ?? 0n;

  /** Where a store of yours writes: all of it or nothing, and durably. */
  function write(fresh: readonly RecordedEvent[]): void {
    for (const event of fresh) {
      events.push(event);
      versions.set(streamKey(event), event.version);
      byId.set(event.id, event);
    }
  }

  return new CustomEventStore({
    async append(appends) {
      checkAppends(appends);
      const repeated = repeatedEvents(appends, id => byId.get(id));
      if (repeated) return { ok: true, events: repeated };
      const conflicts = conflictsOf(appends, versionOf);
      if (conflicts) return { ok: false, conflicts };
      const fresh = recordAppends(appends, { versionOf, last: last(), recordedAt: isoTime(Date.now()) });
      write(fresh);
      return { ok: true, events: fresh };
    },
    async readAll(page) {
      const { after, limit } = storePage(page);
      return events.filter(({ position }) => position > after).slice(0, limit);
    },
    // #region restore
    async restore(recorded) {
      const whole = sealRestored(recorded);
      const fresh = eventsToRestore(whole, { last: last(), stored: id => byId.get(id), versionOf });
      write(fresh); // durable, all or nothing
      return { restored: fresh.length, skipped: whole.length - fresh.length };
    },
    // #endregion restore
  });
}
