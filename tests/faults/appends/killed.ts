import { setTimeout as sleep } from 'node:timers/promises';
import type { RecordedEvent } from '../../../src/messages';
import type { EventStore } from '../../../src/store';
import { range } from '../../support/events';
import { type Figure, none, type Subject, some, told } from '../../support/figures';
import { built, Program } from '../../support/programs';
import { Random } from '../../support/random';
import { Files } from '../../support/stores/files';
import { whereOf, withFiles, withSchema } from '../../support/stores/stores';
import { TestServer } from '../../support/stores/test-server';
import type { Where } from '../../support/stores/where';
import { everything } from '../../support/stores/whole-stores';
import { until } from '../../support/waiting';
import { inversions } from '../programs/lags';
import { Subscriber } from './subscriber';
import type { Writing } from './writing-process';

const STREAMS = 10;
const TIMEOUT_MS = 60_000;
/** How often the subscribers are ended and started again while one process writes. */
const RESTARTS = 5;
const CARELESS_CYCLES = 30;
/** So much is printed before a writer is killed: fifty ids, each with the end of its line. */
const ENOUGH = 50 * 37;

export interface KillSizes {
  readonly cycles: number;
  readonly writers: number;
  /**
   * In each cycle of this number the server is ended in the middle of it, too; the rig then has a server of its own.
   */
  readonly stopEvery?: number;
}

/** Kills processes that write to a file. */
export const killedSqlite = (sizes: KillSizes, seed: number): Promise<Figure[]> =>
  withFiles(async files => {
    const kills = new Kills(built('writing-process', files.folder, __dirname), sizes, new Random(seed));
    const [file, other] = [files.path(), files.path()];
    const outcome = await kills.killAll(files.store(file), { file });
    const careless = await kills.lostByCareless(files.store(other), { file: other });
    const damaged = files.shell(file).prepare('pragma integrity_check').all().length - 1;
    const subject = {
      item: 7,
      store: 'SQLite',
      done: `${sizes.cycles} processes killed, ${sizes.writers} writers each`,
      seed,
    };
    return [...figures(subject, outcome, careless), none(subject, 'faults found by integrity_check', damaged)];
  });

/** Kills processes that write to PostgreSQL, and ends the server now and then where that is asked for. */
export async function killedPostgres(sizes: KillSizes, seed: number): Promise<Figure[]> {
  const server = sizes.stopEvery === undefined ? undefined : await TestServer.start();
  const folder = new Files();
  try {
    const kills = new Kills(built('writing-process', folder.folder, __dirname), sizes, new Random(seed), server);
    const outcome = await withSchema(schema => kills.killAll(schema.open(), whereOf(schema)), server?.url);
    const careless = await withSchema(schema => kills.lostByCareless(schema.open(), whereOf(schema)), server?.url);
    const stopped = server ? `, the server ended at once in each ${sizes.stopEvery}th cycle` : '';
    const done = `${sizes.cycles} processes killed, ${sizes.writers} writers each${stopped}`;
    return figures({ item: 7, store: 'PostgreSQL', done, seed }, outcome, careless);
  } finally {
    folder.remove();
    await server?.stop();
  }
}

interface Outcome {
  readonly acknowledged: readonly string[];
  readonly stored: readonly RecordedEvent[];
  readonly seen: readonly RecordedEvent[];
  /** What processors have seen that do not write down how far they are together with what they did. */
  readonly seenWhenBefore: readonly RecordedEvent[];
  readonly seenWhenAfter: readonly RecordedEvent[];
}

class Kills {
  constructor(
    private readonly script: string,
    private readonly sizes: KillSizes,
    private readonly random: Random,
    private readonly server?: TestServer,
  ) {}

  async killAll(store: EventStore, where: Where): Promise<Outcome> {
    await store.readAll();
    const [subscriber, before, after] = [
      new Subscriber(store),
      new Subscriber(store, 'before'),
      new Subscriber(store, 'after'),
    ];
    const acknowledged: string[] = [];
    for (const cycle of range(1, this.sizes.cycles)) {
      acknowledged.push(...(await this.#killed(where, cycle, () => this.#restartOften([subscriber, before, after]))));
    }
    const stored = await settled(store, subscriber);
    await Promise.all([subscriber, before, after].map(each => each.end()));
    return { acknowledged, stored, seen: subscriber.seen, seenWhenBefore: before.seen, seenWhenAfter: after.seen };
  }

  /** Counts what processes lose that acknowledge before they have written, until one has lost something. */
  async lostByCareless(store: EventStore, where: Where): Promise<number> {
    await store.readAll();
    for (let cycle = 0, lost = 0; cycle < CARELESS_CYCLES; cycle++) {
      const ids = await this.#killed(where, 0);
      await sleep(100);
      lost += missing(ids, await everything(store));
      if (lost > 0) return lost;
    }
    return 0;
  }

  /**
   * Lets a process write for a while (carelessly in cycle 0), kills it, and returns the ids that it had acknowledged.
   */
  async #killed(where: Where, cycle: number, whileItWrites?: () => Promise<void>): Promise<string[]> {
    const { writers, stopEvery } = this.sizes;
    const program = new Program(this.script, {
      where,
      writers,
      streams: STREAMS,
      careless: cycle === 0,
    } satisfies Writing);
    await until(() => program.length > ENOUGH, 'the process has written', TIMEOUT_MS);
    if (this.server && stopEvery && cycle > 0 && cycle % stopEvery === 0) {
      await this.server.restartAtOnce();
      const before = program.length;
      await until(() => program.length > before, 'the process goes on when the server does', TIMEOUT_MS);
    }
    await whileItWrites?.();
    await this.random.pause(20);
    return program.killed();
  }

  async #restartOften(subscribers: readonly Subscriber[]): Promise<void> {
    for (const _ of range(1, RESTARTS)) {
      await this.random.pause(10);
      await Promise.all(subscribers.map(each => each.restart()));
    }
  }
}

/**
 * Returns all events when no more come: what was on its way when a process was killed may still be committed by the
 * server.
 */
async function settled(store: EventStore, subscriber: Subscriber): Promise<RecordedEvent[]> {
  for (let before = -1; ; await sleep(300)) {
    const stored = await everything(store);
    if (stored.length === before && subscriber.seen.length >= before) return stored;
    before = stored.length;
    await until(() => subscriber.seen.length >= before, 'the subscriber has everything', TIMEOUT_MS).catch(() => {});
  }
}

function missing(ids: readonly string[], events: readonly RecordedEvent[]): number {
  const found = new Set(events.map(({ id }) => id));
  return ids.filter(id => !found.has(id)).length;
}

const repeated = (events: readonly RecordedEvent[]): number => events.length - new Set(events.map(({ id }) => id)).size;

function figures(subject: Subject, outcome: Outcome, careless: number): Figure[] {
  const { acknowledged, stored, seen, seenWhenBefore, seenWhenAfter } = outcome;
  const ids = stored.map(({ id }) => id);
  const control = (done: string): Subject => ({ ...subject, done });
  return [
    told(subject, 'acknowledged, stored', `${acknowledged.length}, ${stored.length}`),
    none(subject, 'of what was acknowledged lost', missing(acknowledged, stored)),
    none(subject, 'skipped by a subscriber that is ended and restarted', missing(ids, seen)),
    none(subject, 'seen twice by it', repeated(seen)),
    none(subject, 'out of stream order', inversions(stored) + inversions(seen)),
    some(control('a process that acknowledges before it writes'), 'lost', careless),
    some(
      control('a subscriber that writes its position down before its work'),
      'skipped',
      missing(ids, seenWhenBefore),
    ),
    some(control('a subscriber that writes its position down after its work'), 'seen twice', repeated(seenWhenAfter)),
  ];
}
