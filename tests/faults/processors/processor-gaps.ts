import { setTimeout as sleep } from 'node:timers/promises';
import type { EventProcessorStatus } from '../../../src/processing';
import type { EventStore } from '../../../src/store';
import { beside } from '../../support/beside';
import { counting, type Differences, differences, projectionsOf } from '../../support/counting';
import { happened, range, to } from '../../support/events';
import { below, type Figure, noDifferences, type Subject, some, told } from '../../support/figures';
import { built, Program } from '../../support/programs';
import { Random } from '../../support/random';
import { type Files } from '../../support/stores/files';
import { type Schema } from '../../support/stores/schema';
import { whereOf, withFiles, withSchema } from '../../support/stores/stores';
import type { Where } from '../../support/stores/where';
import { everything } from '../../support/stores/whole-stores';
import { until } from '../../support/waiting';
import { besideTransactionElsewhere, DisorderlyWriters, type GapSizes } from '../appends/disorderly-writers';
import type { Writing } from '../appends/writing-process';
import { readByPosition, readByTime } from '../appends/wrong-readers';
import { DocumentLags } from '../programs/document-lags';
import { Lags, percentile } from '../programs/lags';
import { projecting } from '../programs/projecting';
import type { Projecting } from '../programs/projecting-process';

const FOLLOWING = 3;
const WRITING = 4;
const STREAMS = 200;
const SHARED = { segments: 4, leaseDuration: 2000 };
const TIMEOUT_MS = 60_000;
/** Enough for a reader that goes wrong. */
const CONTROL: GapSizes = { writers: 8, duration: 1000, stuck: 400 };

/** Where a projection follows, and what is written meanwhile. */
interface Scene {
  readonly store: EventStore;
  readonly where: Where;
  write(): Promise<unknown>;
}

/** Lets three processes run a projection while writers in several processes write to one file. */
export const processorGapsInSqlite = (sizes: Omit<GapSizes, 'stuck'>, seed: number): Promise<Figure[]> =>
  withFiles(async files => {
    const script = built('../appends/writing-process', files.folder, __dirname);
    const followed = await follow(
      written(files, script, sizes),
      built('../programs/projecting-process', files.folder, __dirname),
    );
    const wrong = written(files, script, { ...CONTROL, writers: sizes.writers });
    const write = async (): Promise<void> => {
      await wrong.write();
      // All of one time, and more than a page: where the page ends, the rest is lost.
      await wrong.store.append([to('crowd', 'any', ...range(1, 40).map(n => happened({ n })))]);
    };
    const done = `${sizes.writers} writers in ${WRITING} processes, ${sizes.duration / 1000} s; a projection in ${FOLLOWING} processes`;
    const subject: Subject = { item: 4, store: 'SQLite', done, seed };
    const control = { ...subject, done: 'a projection that goes on after the time of the last event it has seen' };
    return [
      ...zeros(subject, followed),
      some(
        control,
        'events lost in documents',
        (await followWrongly({ ...wrong, write }, readByTime(wrong.store))).lost,
      ),
      lagged(subject, followed.lags.between(0, Number.POSITIVE_INFINITY)),
    ];
  });

/** Lets three processes run a projection while writers commit in another order than they drew their positions. */
export const processorGapsInPostgres = (sizes: GapSizes, seed: number): Promise<Figure[]> =>
  withFiles(async files => {
    const script = built('../programs/projecting-process', files.folder, __dirname);
    const { writers, duration, stuck } = sizes;
    const order = `${writers} writers, ${duration / 1000} s, 2% of own transactions rolled back, one stuck for ${stuck / 1000} s`;
    const subject: Subject = {
      item: 4,
      store: 'PostgreSQL',
      done: `${order}; a projection in ${FOLLOWING} processes`,
      seed,
    };
    const control = { ...subject, done: 'a projection that goes on after the highest position it has seen' };
    const figures = await withSchema(schema =>
      besideTransactionElsewhere(schema.name, () => inDisorder(schema, script, sizes, subject)),
    );
    const wrong = await withSchema(schema => {
      const at = (): Promise<bigint> =>
        projectionsOf(scene.store).checkpoint({ projection: 'wrong', version: 1, segment: 0 });
      const { scene } = disorderly(schema, CONTROL, seed, async position => (await at()) > position);
      return followWrongly(scene, readByPosition(scene.store, schema));
    });
    return [...figures, some(control, 'events lost in documents', wrong.lost)];
  });

function written(files: Files, script: string, { writers, duration }: Omit<GapSizes, 'stuck'>): Scene {
  const file = files.path();
  const writing: Writing = { where: { file }, writers: writers / WRITING, streams: STREAMS };
  const write = async (): Promise<void> => {
    const programs = range(1, WRITING).map(() => new Program(script, writing));
    await until(() => programs.every(({ length }) => length > 0), 'all processes write', TIMEOUT_MS);
    await sleep(duration);
    await Promise.all(programs.map(program => program.killed()));
  };
  return { store: files.store(file), where: { file }, write };
}

function disorderly(
  schema: Schema,
  sizes: GapSizes,
  seed: number,
  isPassed: (position: bigint) => boolean | Promise<boolean> = () => true,
): { scene: Scene; writers: DisorderlyWriters } {
  const stores = [schema.open(), schema.open()];
  const writers = new DisorderlyWriters(schema, stores, sizes, new Random(seed), new Lags(), isPassed);
  return { scene: { store: stores[0]!, where: whereOf(schema), write: () => writers.write() }, writers };
}

async function inDisorder(schema: Schema, script: string, sizes: GapSizes, subject: Subject): Promise<Figure[]> {
  const { scene, writers } = disorderly(schema, sizes, subject.seed);
  const followed = await follow(scene, script);
  const [from, end] = writers.stuck;
  const lagsOf = (done: string, since: number, before: number): [Subject, readonly number[]] => [
    { ...subject, done },
    followed.lags.between(since, before),
  ];
  return [
    ...zeros(subject, followed),
    told(subject, 'transactions rolled back', `${writers.rolledBack}`),
    lagged(...lagsOf('events before a transaction is stuck', 0, from)),
    toldLag(...lagsOf('events behind the stuck transaction: held back until it ends', from, end)),
    toldLag(...lagsOf('events after it, while the projection catches up', end, Number.POSITIVE_INFINITY)),
  ];
}

interface Followed {
  readonly documents: Differences;
  readonly events: number;
  readonly lags: DocumentLags;
}

async function follow({ store, where, write }: Scene, script: string): Promise<Followed> {
  await store.append([to('first', 'any')]);
  const programs = range(1, FOLLOWING).map(() => new Program(script, { where, ...SHARED } satisfies Projecting));
  const watching = projecting(store, counting('counts', { segments: SHARED.segments }), { follow: false });
  watching.start();
  try {
    await until(
      async () => ownersOf(await watching.of('counts').status()) === FOLLOWING,
      'each process has a share',
      TIMEOUT_MS,
    );
    const lags = new DocumentLags(store, 'counts');
    await beside(isOver => lags.measure(isOver), write);
    // What does not hold in the end is in the figures.
    await watching.settled({ timeout: TIMEOUT_MS }).catch(() => undefined);
    return { documents: await differences(store, 'counts'), events: (await everything(store)).length, lags };
  } finally {
    await watching.close();
    await Promise.all(programs.map(program => program.gone()));
  }
}

const ownersOf = ({ segments }: EventProcessorStatus): number =>
  new Set(segments.flatMap(({ owner }) => owner ?? [])).size;

/** Runs a projection over a store that is read wrongly. */
async function followWrongly({ store, write }: Scene, wrong: EventStore): Promise<Differences> {
  const appended = async (id: string): Promise<bigint> => {
    const outcome = await store.append([to(id, 'any')]);
    return outcome.ok ? outcome.events.at(-1)!.position : 0n;
  };
  // By its checkpoint: where the events end cannot be asked of a store that is read wrongly.
  const isPast = (position: bigint): Promise<void> => {
    const checkpoint = { projection: 'wrong', version: 1, segment: 0 };
    const at = async (): Promise<boolean> => (await projectionsOf(store).checkpoint(checkpoint)) >= position;
    return until(at, `the projection is past ${position}`, TIMEOUT_MS);
  };
  const first = await appended('first');
  const projections = projecting(wrong, counting('wrong'));
  projections.start();
  try {
    await isPast(first);
    await write();
    // One more, at a time of its own: it is read, whatever was skipped before.
    await sleep(5);
    await isPast(await appended('last'));
  } finally {
    await projections.close();
  }
  return differences(store, 'wrong');
}

const zeros = (subject: Subject, { documents, events }: Followed): Figure[] => [
  ...noDifferences(subject, documents, 'events', ' in documents'),
  told(subject, 'events followed', `${events}`),
];

const LAG = 'p99 lag to the document';

const lagged = (subject: Subject, lags: readonly number[]): Figure =>
  below(subject, LAG, percentile(lags, 0.99), 250, 'ms');

const toldLag = (subject: Subject, lags: readonly number[]): Figure =>
  told(subject, LAG, `${Math.round(percentile(lags, 0.99))} ms`);
