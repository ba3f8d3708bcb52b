import type { RecordedEvent } from '../../src/messages';
import {
  type AppendOutcome,
  type Conflict,
  type DirectAccess,
  DuplicateEventError,
  type EventStore,
  InMemoryEventStore,
  InvalidRestoreError,
  type NewEvent,
  type RestoreOutcome,
  type StreamAppend,
} from '../../src/store';
import { type Break, broken, failures } from './broken';

type Page = readonly RecordedEvent[];

const directly = (sound: EventStore, part: Partial<DirectAccess>): Partial<EventStore> => ({
  direct: {
    appendNow: appends => sound.direct!.appendNow(appends),
    readNow: (stream, page) => sound.direct!.readNow(stream, page),
    ...part,
  },
});

const mapEvents = (appends: readonly StreamAppend[], change: (event: NewEvent) => NewEvent): StreamAppend[] =>
  appends.map(append => ({ ...append, events: append.events?.map(change) }));

const withoutId = ({ id: _, ...event }: NewEvent): NewEvent => event;

async function oneByOne(store: EventStore, appends: readonly StreamAppend[]): Promise<AppendOutcome> {
  const events: RecordedEvent[] = [];
  const conflicts: Conflict[] = [];
  for (const append of appends) {
    const outcome = await store.append([append]);
    if (outcome.ok) events.push(...outcome.events);
    else conflicts.push(...outcome.conflicts);
  }
  return conflicts.length > 0 ? { ok: false, conflicts } : { ok: true, events };
}

async function restoredOneByOne(store: EventStore, events: Page): Promise<RestoreOutcome> {
  const outcome = { restored: 0, skipped: 0 };
  for (const [index, event] of events.entries()) {
    // With the index that the whole list would have given.
    const { restored, skipped } = await store.restore!([event]).catch(({ fault }) => {
      throw new InvalidRestoreError(index, fault);
    });
    outcome.restored += restored;
    outcome.skipped += skipped;
  }
  return outcome;
}

async function* mapPages(pages: AsyncIterable<Page>, change: (page: Page) => readonly Page[]): AsyncGenerator<Page> {
  for await (const page of pages) yield* change(page);
}

function writesTwice(sound: EventStore): Partial<EventStore> {
  const seen = new Set<string | undefined>();
  const fresh = (event: NewEvent): NewEvent =>
    event.id !== undefined && seen.has(event.id) ? withoutId(event) : event;
  return {
    append: async appends => {
      const outcome = await sound.append(mapEvents(appends, fresh));
      if (outcome.ok) for (const { id } of outcome.events) seen.add(id);
      return outcome;
    },
  };
}

const lowerCased = (stream: {
  aggregateName: string;
  aggregateId: string;
}): { aggregateName: string; aggregateId: string } => ({
  ...stream,
  aggregateId: stream.aggregateId.toLowerCase(),
});

/** Answers by the ids alone. */
function looksAtIdsOnly(sound: EventStore): Partial<EventStore> {
  return {
    append: async (appends, options) => {
      const ids = appends.flatMap(({ events }) => events?.map(({ id }) => id) ?? []);
      const stored = new Map((await sound.readAll()).map(event => [event.id as string | undefined, event]));
      if (ids.length === 0 || !ids.every(id => stored.has(id))) return sound.append(appends, options);
      return { ok: true, events: ids.map(id => stored.get(id)!) };
    },
  };
}

/** Compares the texts of what is given and what is stored. */
function comparesTexts(sound: EventStore): Partial<EventStore> {
  return {
    append: async (appends, options) => {
      const stored = new Map((await sound.readAll()).map(event => [event.id as string | undefined, event]));
      for (const { id, payload } of appends.flatMap(({ events }) => events ?? [])) {
        const there = stored.get(id);
        if (there && JSON.stringify(there.payload) !== JSON.stringify(payload)) throw new DuplicateEventError(there.id);
      }
      return sound.append(appends, options);
    },
  };
}

const breaks: Readonly<Record<string, Break>> = {
  'returns events that can be changed': {
    noticedBy: 'returns events that cannot be changed',
    parts: sound => ({ read: async (stream, page) => structuredClone(await sound.read(stream, page)) }),
  },
  'ignores the expected version': {
    noticedBy: 'refuses an append when the stream has moved on',
    parts: sound => ({
      append: appends => sound.append(appends.map(append => ({ ...append, expected: 'any' as const }))),
    }),
  },
  'checks the expected version before it waits': {
    noticedBy: 'lets exactly one of 16 racers through that expect the same version',
    parts: sound => ({
      append: async appends => {
        const versions = await Promise.all(appends.map(async ({ stream }) => (await sound.read(stream)).length));
        if (appends.some(({ expected }, index) => typeof expected === 'number' && expected !== versions[index]))
          return sound.append(appends);
        return sound.append(appends.map(append => ({ ...append, expected: 'any' as const })));
      },
    }),
  },
  'loses events in subscriptions': {
    noticedBy: 'yields to a subscription what is there, then what comes',
    parts: sound => ({
      subscribe: options =>
        mapPages(sound.subscribe(options), page => [page.filter(({ position }) => position % 3n !== 0n)]),
    }),
  },
  'yields events twice': {
    noticedBy: 'yields each event once and in order while many are appended at the same time',
    parts: sound => ({ subscribe: options => mapPages(sound.subscribe(options), page => [page, page]) }),
  },
  'yields empty pages': {
    noticedBy: 'yields to a subscription what is there, then what comes',
    parts: sound => ({ subscribe: options => mapPages(sound.subscribe(options), page => [[], page]) }),
  },
  'ends subscriptions only when the next page comes': {
    noticedBy: 'ends a subscription that waits when return() is called',
    parts: sound => ({ subscribe: options => mapPages(sound.subscribe(options), page => [page]) }),
  },
  'does not end subscriptions when their signal is aborted': {
    noticedBy: 'ends a subscription that waits when its signal is aborted',
    parts: sound => ({
      subscribe: options => sound.subscribe(options?.after === undefined ? {} : { after: options.after }),
    }),
  },
  'appends to several streams one by one': {
    noticedBy: 'writes to none of several streams when one of them has moved on, at any place in the list',
    parts: sound => ({ append: appends => oneByOne(sound, appends) }),
  },
  'forgets the ids that are given': {
    noticedBy: 'keeps the id, the schema version and the metadata that are given',
    parts: sound => ({ append: appends => sound.append(mapEvents(appends, withoutId)) }),
  },
  'forgets the marks of an event': {
    noticedBy: 'keeps the marks of an event, apart from its metadata',
    parts: sound => ({ append: appends => sound.append(mapEvents(appends, ({ marks: _, ...event }) => event)) }),
  },
  'reads marks out of the metadata': {
    noticedBy: 'takes metadata entries that are called like marks for what they are',
    parts: sound => ({
      read: async (stream, page) =>
        (await sound.read(stream, page)).map(event =>
          event.metadata.deleted ? { ...event, marks: { deleted: true } } : event,
        ),
    }),
  },
  'writes a repeated append twice': {
    noticedBy: 'answers a repeated append with the stored events and writes nothing',
    parts: writesTwice,
  },
  'looks at the payload only later': {
    noticedBy: 'keeps the payload and the metadata as they were when append was called',
    parts: sound => ({
      append: async appends => {
        await Promise.resolve();
        return sound.append(appends);
      },
    }),
  },
  'takes ids that differ in case for the same': {
    noticedBy: 'keeps streams apart by any aggregate ids',
    parts: sound => ({
      append: appends => sound.append(appends.map(append => ({ ...append, stream: lowerCased(append.stream) }))),
      read: (stream, page) => sound.read(lowerCased(stream), page),
    }),
  },
  'reads from the beginning whatever is asked for': {
    noticedBy: 'reads a stream page by page',
    parts: sound => ({ read: stream => sound.read(stream) }),
  },
  'ignores the names that are asked for': {
    noticedBy: 'reads only the events with the names asked for',
    parts: sound => ({ readAll: ({ names: _, ...page } = {}) => sound.readAll(page) }),
  },
  'takes a page backward from the beginning': {
    noticedBy: 'reads backward, from the end or from an upper bound',
    parts: sound => ({
      readAll: async ({ direction, ...page } = {}) => {
        const events = await sound.readAll(page);
        return direction === 'backward' ? [...events].reverse() : events;
      },
    }),
  },
  'filters a page after it was limited': {
    noticedBy: 'reads a selection page by page, in both directions',
    parts: sound => ({
      readAll: async ({ names, ...page } = {}) => {
        const events = await sound.readAll(page);
        return names ? events.filter(({ name }) => names.includes(name)) : events;
      },
    }),
  },
  'follows all events whatever the filter': {
    noticedBy: 'yields to a subscription only the events of the aggregates asked for',
    parts: sound => ({ subscribe: ({ aggregates: _, ...options } = {}) => sound.subscribe(options) }),
  },
  'goes on after it is closed': {
    noticedBy: 'refuses all calls after it is closed',
    parts: () => ({ close: async () => undefined }),
  },
  'answers a repeated append by the ids of its events alone': {
    noticedBy: 'refuses an append of known events with another name, payload, schema version or marks',
    parts: looksAtIdsOnly,
  },
  'takes another order of keys for another payload': {
    noticedBy: 'answers a repeated append in any order of keys and with any metadata',
    parts: comparesTexts,
  },
  'gives restored events positions of its own': {
    noticedBy: 'restores events as they were recorded, with positions left out',
    parts: sound => ({
      restore: async events =>
        sound.restore!(events.map((event, index) => ({ ...event, position: BigInt(index + 1) }))),
    }),
  },
  'dates restored events anew': {
    noticedBy: 'restores events as they were recorded, with positions left out',
    parts: sound => ({
      restore: events => sound.restore!(events.map(event => ({ ...event, recordedAt: new Date().toISOString() }))),
    }),
  },
  'restores one by one': {
    noticedBy: 'refuses a gap in a stream, and a version that is already stored',
    parts: sound => ({ restore: events => restoredOneByOne(sound, events) }),
  },
  'counts what it has skipped as restored': {
    noticedBy: 'skips what is stored already',
    parts: sound => ({ restore: async events => ({ ...(await sound.restore!(events)), restored: events.length }) }),
  },
  'reads the whole stream directly, whatever the page': {
    noticedBy: 'reads directly what it reads',
    parts: sound => directly(sound, { readNow: stream => sound.direct!.readNow(stream) }),
  },
  'appends directly where it says that it has to wait': {
    noticedBy: 'appends directly what it appends, or nothing at all',
    parts: sound => directly(sound, { appendNow: appends => void sound.direct!.appendNow(appends) }),
  },
  'checks no version directly': {
    noticedBy: 'answers a conflict directly, and writes nothing',
    parts: sound =>
      directly(sound, {
        appendNow: appends => sound.direct!.appendNow(appends.map(append => ({ ...append, expected: 'any' }))),
      }),
  },
  'keeps its subscriptions waiting for what was appended directly': {
    noticedBy: 'hands on to its subscriptions what was appended directly',
    parts: sound => directly(sound, { appendNow: appends => new InMemoryEventStore().direct!.appendNow(appends) }),
  },
  'reads directly when it is closed': {
    noticedBy: 'refuses directly what it refuses',
    parts: sound =>
      directly(sound, { readNow: (stream, page) => new InMemoryEventStore().direct!.readNow(stream, page) }),
  },
};

describe('The contract notices a store that', () => {
  test.each(Object.entries(breaks))('%s', async (_, broke) => {
    expect(await failures(broken(broke))).toContain(broke.noticedBy);
  });
});

test('the contract finds nothing wrong with the sound store under the broken ones', async () => {
  expect(await failures({ ...broken({ noticedBy: '', parts: () => ({}) }), timeout: 5000 })).toEqual([]);
});
