import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStore } from '../../../src/store';
import { happened, range, to } from '../../support/events';
import { type Figure, none, type Subject, some, told } from '../../support/figures';
import { built, Program } from '../../support/programs';
import { withDurable } from '../../support/stores/stores';
import type { Where } from '../../support/stores/where';
import { until } from '../../support/waiting';
import type { Projecting } from '../programs/projecting-process';

const PROCESSES = 3;
const SLOW = { segments: 4, leaseDuration: 2000, slow: 2 };
/** By how much a process may grow after its first page, in megabytes. */
const GROWTH = 100;
const STREAMS_AT_ONCE = 100;
const EVENTS_EACH = 10;
const PARTS = 10;
const TIMEOUT_MS = 60_000;

export interface BacklogSizes {
  /** A multiple of 1,000. */
  readonly events: number;
  /** The length of the text in each event, in characters. */
  readonly text: number;
  /** For how long the processes follow, in milliseconds: too short a time for the events there are. */
  readonly duration: number;
}

/** Lets three processes follow that are slow and far behind, and looks at their memory. */
export const backlog = (name: 'SQLite' | 'PostgreSQL', sizes: BacklogSizes, seed: number): Promise<Figure[]> =>
  withDurable(name, async (place, folder) => {
    const { store, where } = place();
    const start = performance.now();
    await fill(store, sizes);
    const speed = Math.round(sizes.events / ((performance.now() - start) / 1000));
    const script = built('../programs/projecting-process', folder, __dirname);
    const progress = await follow(script, where, sizes.duration);
    const handled = progress.reduce((sum, each) => sum + each.handled, 0);
    const careless = await queueAll(script, where);
    const done = `${sizes.events} events wait for ${PROCESSES} processes that take ${SLOW.slow} ms for each, for ${sizes.duration / 1000} s`;
    const subject: Subject = { item: 14, store: name, done, seed };
    const control = { ...subject, done: 'a process that queues what it is given for a handler that is slow' };
    return [
      told({ ...subject, done: `${sizes.events} events written, 1000 an append` }, 'how fast', `${speed} events/s`),
      none(
        subject,
        `processes that grew by ${GROWTH} MB or more`,
        progress.filter(each => growthOf(each) >= GROWTH).length,
      ),
      told(subject, 'resident memory after the first page, and at most', progress.map(inMegabytes).join('; ')),
      told(subject, 'events handled', `${handled}`),
      none(subject, 'backlogs worked off before the end', handled < sizes.events ? 0 : 1),
      some(control, `processes that grew by ${GROWTH} MB or more`, growthOf(careless) >= GROWTH ? 1 : 0),
      told(control, 'resident memory after the first page, and at most', inMegabytes(careless)),
    ];
  });

/** Writes to a thousand streams in turn, so that each page has events of every segment. */
async function fill(store: EventStore, { events, text }: BacklogSizes): Promise<void> {
  const each = range(1, EVENTS_EACH).map(n => happened({ n, text: ''.padEnd(text, '.') }));
  for (
    let written = 0, part = 0;
    written < events;
    written += STREAMS_AT_ONCE * EVENTS_EACH, part = (part + 1) % PARTS
  ) {
    const outcome = await store.append(range(1, STREAMS_AT_ONCE).map(n => to(`${part}-${n}`, 'any', ...each)));
    if (!outcome.ok) throw new Error('"any" was a conflict');
  }
}

/** What a process has printed last: how many events it has handled, its memory after the first page, and at most. */
interface Progress {
  readonly handled: number;
  readonly first: number;
  readonly most: number;
}

async function follow(script: string, where: Where, duration: number): Promise<Progress[]> {
  const programs = range(1, PROCESSES).map(() => new Program(script, { where, ...SLOW } satisfies Projecting));
  await until(() => programs.every(({ length }) => length > 0), 'each process follows', TIMEOUT_MS);
  await sleep(duration);
  return Promise.all(programs.map(async program => progressOf(await program.killed())));
}

/** Lets a process queue everything, until it has grown too much. */
async function queueAll(script: string, where: Where): Promise<Progress> {
  const program = new Program(script, { where, ...SLOW, careless: true } satisfies Projecting);
  await until(() => growthOf(progressOf(program.lines)) >= GROWTH, 'it has grown', TIMEOUT_MS).catch(() => undefined);
  return progressOf(await program.killed());
}

function progressOf(lines: readonly string[]): Progress {
  const [handled = 0, first = 0, most = 0] = (lines.at(-1) ?? '').split(' ').map(Number);
  return { handled, first, most };
}

const growthOf = ({ first, most }: Progress): number => most - first;

const inMegabytes = ({ first, most }: Progress): string => `${Math.round(first)} MB, ${Math.round(most)} MB`;
