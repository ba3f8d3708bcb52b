import { defineReactor, Event, Flow, type FlowParts, InMemoryEventStore, type RecurringOptions } from 'eventuality';
import type { EventStore, ProjectionStore } from '../../../src/store';
import { VirtualClock } from '../../../src/testing';
import { projectionsOf } from '../../support/counting';
import { SILENT } from '../../support/logger';
import { overridden } from '../../support/overridden';
import { PLACES } from '../../support/stores/places';
import { until } from '../../support/waiting';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A flow in memory with one command, which notes what it is given. */
class Scene {
  readonly clock = new VirtualClock('2026-03-27T12:00:00Z');
  readonly eventStore = new InMemoryEventStore({ clock: this.clock });
  readonly done: string[] = [];
  readonly failures: unknown[] = [];
  flow = this.#begin();
  fails = false;

  #begin(parts: Partial<FlowParts> = {}): Flow {
    return new Flow({
      ...{ eventStore: this.eventStore, clock: this.clock, logger: SILENT, scheduling: true },
      commandHandlers: {
        Remind: {
          handle: ({ text }, { metadata, now }) => {
            if (this.fails) throw new Error('not now');
            this.done.push(`${text} ${metadata.dueAt === undefined ? '' : now.toISOString()}`);
          },
          retry: { attempts: 1 },
        },
      },
      onError: error => this.failures.push(error),
      ...parts,
    });
  }

  async passes(milliseconds: number): Promise<void> {
    this.clock.advanceBy(milliseconds);
    await this.settle();
  }

  /** Goes on with another store on the same data. */
  async on(eventStore: EventStore): Promise<void> {
    await this.flow.processors.close();
    this.flow = this.#begin({ eventStore });
  }

  settle(): Promise<void> {
    return this.flow.processors.settled({ timeout: 20_000 });
  }

  async away(milliseconds: number, recurring?: () => void): Promise<void> {
    await this.flow.processors.close();
    this.clock.advanceBy(milliseconds);
    this.flow = this.#begin();
    recurring?.();
    await this.flow.processors.ready();
    await this.settle();
  }
}

const remind = (text: string) => ({ name: 'Remind', message: { text } });
let scene: Scene;
beforeEach(() => {
  scene = new Scene();
});
afterEach(() => scene.flow.close());

describe('a scheduled command', () => {
  test('is carried out when it is due, and not before', async () => {
    const { flow } = scene;
    await flow.schedule(remind('x'), { in: '1h' });
    await flow.schedule(remind('y'), { at: new Date('2026-03-27T14:00:00Z') });
    await scene.passes(HOUR - 1);
    expect(scene.done).toEqual([]);
    await scene.passes(1);
    expect(scene.done).toEqual(['x 2026-03-27T13:00:00.000Z']);
    await scene.passes(HOUR);
    expect(scene.done).toEqual(['x 2026-03-27T13:00:00.000Z', 'y 2026-03-27T14:00:00.000Z']);
  });

  test('can be replaced and deleted by its key', async () => {
    const { flow } = scene;
    expect(await flow.schedule(remind('x'), { in: '1h', key: 'remind/x' })).toBe('remind/x');
    await flow.schedule(remind('later'), { in: '2h', key: 'remind/x' });
    await flow.schedule(remind('never'), { in: '2h', key: 'remind/never' });
    expect(await flow.unschedule('remind/never')).toBe(true);
    expect(await flow.unschedule('remind/never')).toBe(false);
    await scene.passes(3 * HOUR);
    expect(scene.done).toEqual(['later 2026-03-27T15:00:00.000Z']);
  });

  test('is carried out once after an outage', async () => {
    await scene.flow.schedule(remind('x'), { in: '1h' });
    await scene.away(5 * HOUR);
    await scene.away(HOUR);
    expect(scene.done).toEqual(['x 2026-03-27T17:00:00.000Z']);
  });

  test('that throws is parked, and others go on; it is tried again or discarded', async () => {
    const { flow } = scene;
    scene.fails = true;
    await flow.schedule(remind('x'), { in: 0, key: 'x' });
    await flow.schedule(remind('y'), { in: 0, key: 'y' });
    await until(() => scene.failures.length === 2);
    await scene.settle();
    const schedule = flow.processors.of('$schedule');
    expect((await schedule.status()).parked.map(({ sequence }) => sequence).sort()).toEqual(['x', 'y']);
    scene.fails = false;
    await schedule.discard({ sequence: 'y' });
    await schedule.retry('x');
    await scene.settle();
    expect(scene.done).toEqual(['x 2026-03-27T12:00:00.000Z']);
    expect((await schedule.status()).parked).toEqual([]);
  });

  test('is refused with all faults at once where it makes no sense', async () => {
    const { flow } = scene;
    const code = 'INVALID_OPTIONS';
    for (const options of [{}, undefined, null, 7])
      await expect(flow.schedule(remind('x'), options as never)).rejects.toMatchObject({ code });
    await expect(flow.schedule(remind('x'), { in: 'soon', key: '', metadata: 7 as never })).rejects.toMatchObject({
      ...{
        code,
        faults: [expect.stringContaining('in'), expect.stringContaining('key'), expect.stringContaining('metadata')],
      },
    });
    await expect(flow.schedule(remind('x'), { at: 'tomorrow' })).rejects.toMatchObject({ code });
    await expect(flow.schedule(remind('x'), { in: '600w' })).rejects.toMatchObject({ code });
    await expect(flow.schedule(remind('x'), { in: '99999999999w' })).rejects.toMatchObject({ code });
    await expect(flow.schedule({ name: 'Nothing', message: {} }, { in: 0 })).rejects.toMatchObject({
      code: 'UNKNOWN_COMMAND',
    });
    const message = { at: new Map() };
    await expect(flow.schedule({ name: 'Remind', message }, { in: 0 })).rejects.toMatchObject({
      code: 'UNSTORABLE_VALUE',
    });
    const other = new Flow({ eventStore: new InMemoryEventStore() });
    await expect(other.schedule(remind('x'), { in: 0 })).rejects.toMatchObject({ code: 'NOT_SCHEDULING' });
    await other.close();
  });
});

describe('a handler', () => {
  test('schedules commands that take effect once, however often it runs', async () => {
    const clock = new VirtualClock();
    const eventStore = new InMemoryEventStore({ clock });
    const done: unknown[] = [];
    let failures = 2;
    const flow = new Flow({
      ...{ eventStore, clock, logger: SILENT, scheduling: true },
      commandHandlers: {
        Start: async (_, { schedule }) => {
          await schedule(remind('by a command'), { in: '1h' });
          return Event({ aggregateName: 'Thing', aggregateId: 'a', name: 'Started', payload: {} });
        },
        Remind: ({ text }, { metadata }) => void done.push([text, metadata.actor, metadata.correlationId]),
      },
      processors: [
        defineReactor({
          ...{ name: 'reminding', retry: { delay: 0, maxDelay: 0 } },
          on: {
            Started: async (_, { schedule, unschedule }) => {
              await schedule(remind('by a reactor'), { in: 0 });
              await schedule(remind('never'), { in: '1h', key: 'never' });
              if (failures-- > 0) throw new Error('again');
              await unschedule('never');
            },
          },
        }),
      ],
    });
    await flow.processors.ready();
    const { events } = await flow.dispatch({ name: 'Start', message: {} }, { metadata: { actor: 'ann' } });
    await flow.processors.settled({ timeout: 20_000 });
    clock.advanceBy(2 * HOUR);
    await flow.processors.settled({ timeout: 20_000 });
    const { correlationId } = events[0]!.metadata;
    expect(done).toEqual([
      ['by a reactor', 'ann', correlationId],
      ['by a command', 'ann', correlationId],
    ]);
    await flow.close();
  });
});

describe('a recurring command', () => {
  const daily = (options: RecurringOptions = {}) =>
    scene.flow.recurring('nightly', '30 2 * * *', () => remind('close'), { timeZone: 'Europe/Vienna', ...options });

  test('is carried out at each occurrence, once, also where an hour is missing', async () => {
    daily();
    await scene.flow.processors.ready();
    await scene.settle();
    for (let hour = 0; hour < 72; hour++) await scene.passes(HOUR / 2);
    for (let hour = 0; hour < 72; hour++) await scene.passes(HOUR / 2);
    expect(scene.done).toEqual([
      ...['close 2026-03-28T01:30:00.000Z', 'close 2026-03-29T01:00:00.000Z', 'close 2026-03-30T00:30:00.000Z'],
    ]);
  });

  test.each([
    ['once', 1],
    ['skip', 0],
    ['all', 24],
  ] as const)('that was missed is carried out as %s says', async (missed, times) => {
    const hourly = (): void => scene.flow.recurring('hourly', '0 * * * *', () => remind('tick'), { missed });
    hourly();
    await scene.flow.processors.ready();
    await scene.settle();
    await scene.away(40 * HOUR + 5 * MINUTE, hourly);
    expect(scene.done).toHaveLength(times);
    await scene.passes(55 * MINUTE);
    expect(scene.done.length).toBeGreaterThan(times);
  });

  test.each([
    ['before it has stored anything', false],
    ['and only its answer is lost', true],
  ])('comes once where the store fails while the next one is stored, %s', async (_, isStored) => {
    const failing = { schedule: 2, commit: 0 };
    async function unreliable<T>(what: keyof typeof failing, work: () => Promise<T>): Promise<T> {
      const fails = failing[what]-- > 0;
      if (fails && !isStored) throw new Error('The disk is full.');
      const done = await work();
      if (fails) throw new Error('The answer is lost.');
      return done;
    }
    const projections = projectionsOf(scene.eventStore);
    const processes = overridden(projections.processes!, {
      schedule: (...given) => unreliable('schedule', () => projections.processes!.schedule(...given)),
    });
    const commit: ProjectionStore['commit'] = change => unreliable('commit', () => projections.commit(change));
    await scene.on(overridden(scene.eventStore, { projections: overridden(projections, { commit, processes }) }));
    daily();
    await scene.flow.processors.ready();
    await scene.settle();
    expect(failing.schedule).toBeLessThanOrEqual(isStored ? 1 : 0);
    for (let half = 0; half < 96; half++) {
      // Each other commit fails: those of the next occurrence, and those of what became of the command.
      failing.commit = half % 2;
      await scene.passes(HOUR / 2);
    }
    expect(scene.done).toEqual(['close 2026-03-28T01:30:00.000Z', 'close 2026-03-29T01:00:00.000Z']);
  });

  test('that fails is reported, and the next occurrence follows', async () => {
    scene.flow.recurring('hourly', '0 * * * *', () => remind('tick'));
    await scene.flow.processors.ready();
    await scene.settle();
    scene.fails = true;
    await scene.passes(HOUR);
    await until(() => scene.failures.length === 1);
    scene.fails = false;
    await scene.passes(HOUR);
    expect(scene.done).toEqual(['tick 2026-03-27T14:00:00.000Z']);
  });

  test.each<[string, string, RecurringOptions, string]>([
    ['never occurs', '0 0 30 2 *', {}, 'never occurs'],
    ['is none', 'every day', {}, 'is not valid'],
    ['is in no time zone', '0 0 * * *', { timeZone: 'Europe/Nowhere' }, 'Europe/Nowhere'],
    ['has other options', '0 0 * * *', { missed: 'maybe' as never, overlap: 'maybe' as never }, 'overlap'],
  ])('whose expression %s is refused', (_, cron, options, fault) => {
    expect(() => scene.flow.recurring('x', cron, () => remind('x'), options)).toThrow(fault);
  });

  test('has a name of its own', () => {
    daily();
    expect(() => daily()).toThrow("the name 'nightly' belongs to another recurring command");
  });
});

describe.each(PLACES)('several processes, %s', (_, make) => {
  test('carry out what one of them has scheduled, once', async () => {
    const place = make();
    const done: number[] = [];
    const commandHandlers = { Remind: ({ n }: { n: number }) => void done.push(n) };
    const begin = () => new Flow({ eventStore: place.open(), commandHandlers, scheduling: true, logger: SILENT });
    const [one, two] = [begin(), begin()];
    await Promise.all([one.processors.ready(), two.processors.ready()]);
    for (let n = 0; n < 20; n++) await one.schedule({ name: 'Remind', message: { n } }, { in: 100 });
    await one.processors.close();
    await until(() => done.length === 20);
    await two.processors.settled({ timeout: 20_000 });
    expect(done.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_each, n) => n));
    await Promise.all([one.close(), two.close()]);
    await place.end();
  });
});
