import type { EventStore } from '../../../src/store';
import { below, type Figure, none, type Subject, some, told } from '../../support/figures';
import { built, Program } from '../../support/programs';
import { withFiles, withSchema } from '../../support/stores/stores';
import { TESTED } from '../../support/stores/tested';
import type { Where } from '../../support/stores/where';
import type { Loading } from './loading-process';
import { writeLongStream } from './long-stream';

/** By how much more a process may grow that loads the longer stream, in megabytes. */
const GROWTH = 100;

export interface LengthSizes {
  /** How many events the two streams have; multiples of 1,000. */
  readonly short: number;
  readonly long: number;
  /** The length of the text in each event, in characters. */
  readonly text: number;
  /** What a process that loads a stream may have as heap, in megabytes: less than the events of the long one take. */
  readonly heap: number;
}

/** Loads a short and a long stream, each in a process of its own whose heap cannot hold the events of the long one. */
export const longStreams = (sizes: LengthSizes, seed: number): Promise<Figure[]> =>
  withFiles(async files => {
    const script = built('loading-process', files.folder, __dirname);
    const file = files.path();
    return [
      ...(TESTED.includes('SQLite')
        ? await measured('SQLite', script, files.store(file, { synchronous: 'normal' }), { file }, sizes, seed)
        : []),
      ...(await withSchema(schema =>
        measured(
          'PostgreSQL',
          script,
          schema.open(),
          { connectionString: schema.server, schema: schema.name },
          sizes,
          seed,
        ),
      )),
    ];
  });

async function measured(
  name: string,
  script: string,
  store: EventStore,
  where: Where,
  sizes: LengthSizes,
  seed: number,
): Promise<Figure[]> {
  const { short, long, text, heap } = sizes;
  const start = performance.now();
  await writeLongStream(store, 'short', short, text);
  await writeLongStream(store, 'long', long, text);
  const written = `${Math.round((short + long) / ((performance.now() - start) / 1000))} events/s`;
  const load = (loading: Omit<Loading, 'where'>, most?: number) => peakOf(script, { where, ...loading }, most);
  const [little, much] = [await load({ aggregateId: 'short' }), await load({ aggregateId: 'long' })];
  const [littleInLittle, muchInLittle] = [
    await load({ aggregateId: 'short' }, heap),
    await load({ aggregateId: 'long' }, heap),
  ];
  const careless = await load({ aggregateId: 'long', careless: true }, heap);
  const subject: Subject = {
    item: 'streams',
    store: name,
    done: `aggregates of ${short} and of ${long} events loaded`,
    seed,
  };
  const limited = { ...subject, done: `${subject.done}, with ${heap} MB of heap` };
  const wrong =
    [little, littleInLittle].filter(each => each?.events !== short).length +
    [much, muchInLittle].filter(each => each?.events !== long).length;
  return [
    told({ ...subject, done: `${short + long} events written, 1000 an append` }, 'how fast', written),
    none(limited, 'loaded wrong', wrong),
    told(limited, 'peak resident memory', `${inMegabytes(littleInLittle)}, ${inMegabytes(muchInLittle)}`),
    some(
      { ...subject, done: `a process that holds all events first, with ${heap} MB of heap` },
      'that run out of memory',
      careless ? 0 : 1,
    ),
    told(subject, 'peak resident memory', `${inMegabytes(little)}, ${inMegabytes(much)}`),
    below(subject, 'growth', (much?.peak ?? Number.POSITIVE_INFINITY) - (little?.peak ?? 0), GROWTH, 'MB'),
  ];
}

const inMegabytes = (outcome: { peak: number } | undefined): string =>
  outcome ? `${Math.round(outcome.peak)} MB` : 'out of memory';

/**
 * Returns how many events a process has loaded and its peak of resident memory in megabytes; nothing when it ran out of
 * memory.
 */
async function peakOf(
  script: string,
  loading: Loading,
  heap?: number,
): Promise<{ events: number; peak: number } | undefined> {
  const program = new Program(script, loading, heap === undefined ? [] : [`--max-old-space-size=${heap}`]);
  const lines = await program.finished().catch(error => {
    if (/heap out of memory/.test(String(error))) return undefined;
    throw error;
  });
  if (!lines) return undefined;
  const [version, total, peak] = lines[0]!.split(' ').map(Number);
  return { events: version === total ? total! : -1, peak: peak! };
}
