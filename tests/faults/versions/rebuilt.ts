import { setTimeout as sleep } from 'node:timers/promises';
import { Flow } from '../../../src/flow';
import type { ProjectionDefinition } from '../../../src/processing';
import type { EventStore } from '../../../src/store';
import { beside, lent } from '../../support/beside';
import { type Count, counting, type Differences, differences, isSame, projectionsOf } from '../../support/counting';
import { happened, range, to } from '../../support/events';
import { exactly, type Figure, noDifferences, none, type Subject, some, told } from '../../support/figures';
import { SILENT } from '../../support/logger';
import { built } from '../../support/programs';
import { Random } from '../../support/random';
import { type DurablePlace, withDurable } from '../../support/stores/stores';
import { until } from '../../support/waiting';
import { CountingProcesses } from '../programs/counting-processes';
import { SteadyWriter } from '../programs/steady-writer';
import { rebuildHastily, rebuildInPlace } from './careless-rebuilds';
import { DocumentReaders } from './document-readers';
import { SwitchWatch } from './switch-watch';

const TIMEOUT_MS = 60_000;
const NAME = 'counts';
const OPTIONS = { segments: 4, indexes: ['version'] };
const IDS = range(1, 50).map(String);
/** How long it is read on after a careless rebuild: longer than a reader believes in a version. */
const AFTERWARDS = 600;
const CONTROL_TRIES = 20;

/** So many reads until all readers know what is there. */
const ENOUGH = 100;

export interface RebuildSizes {
  /** Events a second, all the time. */
  readonly rate: number;
  /** Events that are there before. */
  readonly history: number;
  /** One after the other. */
  readonly rebuilds: number;
}

/** Rebuilds a projection that three processes follow, while events come and readers read. */
export const rebuilt = (name: 'SQLite' | 'PostgreSQL', sizes: RebuildSizes, seed: number): Promise<Figure[]> =>
  withDurable(name, async (places, folder) => {
    const script = built('../programs/counting-process', folder, __dirname);
    const played = (rebuild: Rebuild): Promise<Outcome> =>
      new Rebuilding(places(), script, sizes, TIMEOUT_MS).played(rebuild);
    const control = (rebuild: typeof rebuildInPlace): Promise<Outcome> =>
      new Rebuilding(places(), script, { ...sizes, history: 500 }, 0).played(carelessly(rebuild));
    const random = new Random(seed);
    const soundly: Rebuild = async flow => {
      for (const _ of range(1, sizes.rebuilds)) {
        await (await flow.processors.of(NAME).rebuild()).done;
        await random.pause(200);
      }
    };
    const done = `${sizes.rebuilds} rebuilds over ${sizes.history} events and more, ${sizes.rate} come a second, three processes`;
    return figures({ item: 12, store: name, done, seed }, sizes, {
      sound: await played(soundly),
      inPlace: await control(rebuildInPlace),
      hasty: await control(rebuildHastily),
    });
  });

type Rebuild = (flow: Flow, store: EventStore, reading: Reading) => Promise<void>;

interface Reading {
  /** Whether a reader has found something older than before. */
  isStale(): boolean;
  /** Resolves when the readers have read on for a while. */
  on(): Promise<unknown>;
}

const carelessly =
  (rebuild: typeof rebuildInPlace): Rebuild =>
  async (_, store, reading) => {
    // Whether a reader comes along in the moment that is wrong is chance: it is done again until one has.
    for (let tries = 0; tries < CONTROL_TRIES && !reading.isStale(); tries++) {
      await rebuild(store, { name: NAME, ...OPTIONS, readOn: reading.on });
      await sleep(AFTERWARDS);
    }
  };

interface Outcome {
  readonly reached: number;
  readonly written: number;
  /** What the rebuilds took, in milliseconds. */
  readonly took: number;
  readonly readers: Pick<DocumentReaders, 'reads' | 'errors' | 'stale'>;
  readonly watch: Pick<SwitchWatch, 'switches' | 'behind' | 'different'>;
  readonly inTheEnd: Differences;
  /** The versions at the end. */
  readonly versions: number;
  readonly active: number;
}

class Rebuilding {
  readonly #store: EventStore;
  readonly #writer: SteadyWriter;

  constructor(
    private readonly place: DurablePlace,
    private readonly script: string,
    private readonly sizes: RebuildSizes,
    /** For how long it is waited at the end until everything is followed. */
    private readonly patience: number,
  ) {
    this.#store = place.store;
    this.#writer = new SteadyWriter(place.store, sizes.rate, IDS);
  }

  async played(rebuild: Rebuild): Promise<Outcome> {
    await this.#past();
    const processes = new CountingProcesses(this.script, {
      where: this.place.where,
      leaseDuration: 400,
      options: OPTIONS,
    });
    const flow = new Flow({ eventStore: this.#store, processors: [counts()], follow: false, logger: SILENT });
    try {
      await processes.haveShared(flow.processors);
      const outcome = await this.#rebuilt(reading => rebuild(flow, this.#store, reading));
      await processes.ended();
      return outcome;
    } finally {
      processes.kill();
      await flow.processors.close();
    }
  }

  async #readOn(readers: DocumentReaders): Promise<void> {
    const enough = readers.reads + ENOUGH;
    await until(() => readers.reads > enough, 'documents are read', TIMEOUT_MS);
  }

  async #past(): Promise<void> {
    for (const n of range(1, this.sizes.history / 10)) {
      await this.#store.append([to(IDS[n % IDS.length]!, 'any', ...range(1, 10).map(() => happened()))]);
    }
  }

  async #rebuilt(rebuild: (reading: Reading) => Promise<void>): Promise<Outcome> {
    const readers = new DocumentReaders(this.place.where, counts, IDS);
    const watch = new SwitchWatch(this.#store, NAME, IDS);
    const play = async (): Promise<number> => {
      await this.#readOn(readers);
      const start = performance.now();
      await rebuild({ isStale: () => readers.stale > 0, on: () => this.#readOn(readers) });
      return performance.now() - start;
    };
    const follow = async (): Promise<number> => {
      const time = await beside(isOver => this.#writer.writeUntil(isOver), play);
      const isDone = async (): Promise<boolean> => isSame(await differences(this.#store, NAME));
      // What does not hold in the end is in the figures.
      await until(isDone, 'everything is followed', this.patience).catch(() => undefined);
      return time;
    };
    const took = await lent(follow, () => Promise.all([readers.end(), watch.end()]));
    const versions = await projectionsOf(this.#store).versions(NAME);
    return {
      ...{ reached: this.#writer.reached, written: this.#writer.answered.length, took, readers, watch },
      ...{ versions: versions.length, active: versions.find(({ active }) => active)?.version ?? 0 },
      inTheEnd: await differences(this.#store, NAME),
    };
  }
}

const counts = (): ProjectionDefinition<Count> => counting(NAME, OPTIONS) as ProjectionDefinition<Count>;

function figures(
  subject: Subject,
  sizes: RebuildSizes,
  outcomes: Readonly<Record<'sound' | 'inPlace' | 'hasty', Outcome>>,
): Figure[] {
  const { sound, inPlace, hasty } = outcomes;
  const { readers, watch, inTheEnd } = sound;
  const deleting: Subject = { ...subject, done: 'a rebuild that deletes the documents and fills them again' };
  const hurrying: Subject = {
    ...subject,
    done: 'a rebuild that switches when it is as far as the events went at its start',
  };
  return [
    told(subject, 'events written, a second', `${sound.written}, ${Math.round(sound.reached)}`),
    told(
      subject,
      'documents read, time for a rebuild',
      `${readers.reads}, ${Math.round(sound.took / sizes.rebuilds)} ms`,
    ),
    exactly(subject, 'rebuilds that readers see', sound.active - 1, sizes.rebuilds),
    none(subject, 'read errors', readers.errors.length),
    none(subject, 'reads that found something older than a read before', readers.stale),
    none(subject, 'documents behind the old version at a switch', watch.behind),
    none(subject, 'documents that differ from the old version at a switch', watch.different),
    ...noDifferences(subject, inTheEnd, 'events', ' in the end'),
    exactly(subject, 'version in the end', sound.versions, 1),
    some(deleting, 'reads that found something older than a read before', inPlace.readers.stale),
    some(hurrying, 'reads that found something older than a read before', hasty.readers.stale),
    some(hurrying, 'documents behind the old version at a switch', hasty.watch.behind),
  ];
}
