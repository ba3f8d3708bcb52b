import type { EventCatalog, EventStore } from '../../..';
import type { Finding, StoredPlace } from '../findings';
import { messageOf, WrongUse } from '../wrong-use';

const PAGE_EVENTS = 1000;

/** How many events are stored under one name in one version. */
export interface StoredKind {
  readonly name: string;
  readonly version: number;
  readonly count: number;
}

/** An event that cannot be read is counted with those of its kind; the first one says why. */
interface Kind {
  count: number;
  unread: number;
  first?: { readonly reason: string; readonly stored: StoredPlace };
}

/**
 * Reads all events of a store, page by page, as handlers would get them, and finds those that cannot be read.
 * @throws WrongUse if the store cannot be read
 */
export async function storedEvents(
  store: EventStore,
  catalog: EventCatalog,
): Promise<{ readonly kinds: readonly StoredKind[]; readonly findings: readonly Finding[] }> {
  const kinds = new Map<string, Map<number, Kind>>();
  for await (const event of allOf(store)) {
    const { name, schemaVersion } = event;
    const versions = kinds.get(name) ?? new Map<number, Kind>();
    const kind = versions.get(schemaVersion) ?? { count: 0, unread: 0 };
    kinds.set(name, versions.set(schemaVersion, kind));
    kind.count++;
    const reason = unreadable(event, catalog);
    if (reason === undefined) continue;
    kind.unread++;
    kind.first ??= { reason, stored: placeOf(event) };
  }
  const rows = [...kinds].flatMap(([name, versions]) =>
    [...versions].map(([version, kind]) => ({ name, version, ...kind })),
  );
  rows.sort((one, other) => (one.name === other.name ? one.version - other.version : one.name < other.name ? -1 : 1));
  return {
    kinds: rows.map(({ name, version, count }) => ({ name, version, count })),
    findings: rows.length === 0 ? [NO_EVENT] : rows.flatMap(unreadableOf),
  };
}

function unreadableOf({ name, version, count, unread, first }: StoredKind & Kind): readonly Finding[] {
  if (!first) return [];
  const { reason, stored } = first;
  const many = `${unread === count ? count : `${unread} of ${count}`} stored in version ${version} cannot be read`;
  const stream = `version ${stored.version} of ${stored.aggregateName} '${stored.aggregateId}'`;
  const message = `${many}, the first at position ${stored.position}, event ${stored.id}, ${stream}: ${reason}`;
  return [{ level: 'error', code: 'stored-unreadable', event: name, message, stored }];
}

const NO_EVENT: Finding = {
  ...{ level: 'warning', code: 'store-empty', message: 'the store has no event' },
  fix: "Look whether 'eventStore' of the config opens the right one",
};

const placeOf = ({ position, id, aggregateName, aggregateId, version }: Read): StoredPlace => ({
  ...{ position: String(position), id, aggregateName, aggregateId, version },
});

type Read = Awaited<ReturnType<EventStore['readAll']>>[number];

async function* allOf(store: EventStore): AsyncGenerator<Read> {
  let after = 0n;
  for (;;) {
    const page = await store.readAll({ after, limit: PAGE_EVENTS }).catch((error: unknown) => {
      throw new WrongUse(`The store cannot be read: ${messageOf(error)}`);
    });
    if (page.length === 0) return;
    yield* page;
    after = page.at(-1)!.position;
  }
}

function unreadable(event: Read, { reader, events }: EventCatalog): string | undefined {
  if (!reader) return undefined;
  const known = reader.knows(event.name) || events.some(({ name }) => name === event.name);
  if (!known) return "nothing in the code knows this name. Add the event to 'events' of the config, or an upcaster";
  try {
    const made = reader.read(event);
    // What only upcasters know is passed over in a version that none of them takes.
    const isPassedOver = made === event && !events.some(({ name }) => name === event.name);
    return isPassedOver ? `no upcaster takes version ${event.schemaVersion}. Add one` : undefined;
  } catch (error) {
    return messageOf(error).replace(/\.$/, '');
  }
}
