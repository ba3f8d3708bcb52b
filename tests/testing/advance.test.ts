import 'reflect-metadata';
import { defineAggregate, Event, type EventStore, InMemoryEventStore, Module } from 'eventuality';
import { deadline, defineProcess, type ProcessDefinition, send } from 'eventuality/processes';
import { SqliteEventStore } from 'eventuality/sqlite';
import { type TestFlow, type TestFlowOptions, testFlow, VirtualClock } from 'eventuality/testing';
import { SILENT } from '../support/logger';

const Task = defineAggregate({
  name: 'Task',
  state: {},
  commands: {
    Begin: {
      creates: true,
      decide: (_, { id }: { id: string }) => Event({ aggregateId: id, name: 'Begun', payload: { id } }),
    },
    Remind: (_, { id, why }: { id: string; why: string }) =>
      Event({ aggregateId: id, name: 'Reminded', payload: { id, why } }),
    Fail: () => {
      throw new Error('no way');
    },
  },
  on: { Begun: () => undefined, Reminded: () => undefined },
});

@Module({ components: [Task] })
class TaskModule {}

const remind = (id: string, why: string) => send({ name: 'Remind', message: { id, why } });
const correlate = ({ payload }: { readonly payload: any }): string => payload.id;

/** Reminds after 10 and 20 minutes, and ten minutes after a reminder that was late. */
const reminders = defineProcess<object, 'first' | 'second' | 'third'>({
  ...{ name: 'reminders', correlate, state: {} },
  starts: { Begun: () => [deadline('second', { in: '20m' }), deadline('first', { in: '10m' })] },
  on: { Reminded: (_, { why }) => (why === 'second' ? deadline('third', { in: '10m' }) : []) },
  deadlines: {
    first: (_, __, { instance }) => remind(instance, 'first'),
    second: (_, __, { instance }) => remind(instance, 'second'),
    third: (_, __, { instance }) => remind(instance, 'third'),
  },
});

/** Reminds every quarter of an hour. */
const ticks = defineProcess<object, 'tick'>({
  ...{ name: 'ticks', correlate, state: {}, segments: 4 },
  starts: { Begun: () => deadline('tick', { in: '15m' }) },
  deadlines: { tick: (_, __, { instance }) => [remind(instance, 'tick'), deadline('tick', { in: '15m' })] },
});

const begun = async (processors: ProcessDefinition[], options: TestFlowOptions = {}): Promise<TestFlow> => {
  const app = await testFlow(TaskModule, { processors, logger: SILENT, ...options });
  await app.flow.dispatch({ name: 'Begin', message: { id: 't' } });
  return app;
};

/** The reminders, each with its time of the day; those of one minute by name. */
const remindersOf = ({ events }: TestFlow): string[] =>
  events
    .flatMap(({ name, payload, recordedAt }) =>
      name === 'Reminded' ? [`${recordedAt.slice(11, 16)} ${(payload as { why: string }).why}`] : [],
    )
    .sort();

const stores: [string, (clock: VirtualClock) => EventStore][] = [
  ['memory', clock => new InMemoryEventStore({ clock })],
  ['SQLite', clock => new SqliteEventStore(':memory:', { clock })],
];

describe.each(stores)('time that advances, with a store in %s', (_, open) => {
  const on = (): TestFlowOptions => {
    const clock = new VirtualClock();
    return { clock, eventStore: open(clock) };
  };

  test('stops at each moment at which a deadline is due, in order, and settles there', async () => {
    await using app = await begun([reminders, ticks], on());
    await app.advance('31m');
    expect(remindersOf(app)).toEqual(['00:10 first', '00:15 tick', '00:20 second', '00:30 third', '00:30 tick']);
    expect(app.commands.filter(({ name }) => name === 'Remind')).toHaveLength(5);
    expect(new Date(app.clock.now()).toISOString()).toBe('2020-01-01T00:31:00.000Z');
  });

  test('comes to the end to the millisecond, and not beyond', async () => {
    await using app = await begun([reminders], on());
    await app.advance(10 * 60_000 - 1);
    expect(remindersOf(app)).toEqual([]);
    await app.advance(1);
    expect(remindersOf(app)).toEqual(['00:10 first']);
    await app.advance(0);
    expect(remindersOf(app)).toEqual(['00:10 first']);
  });
});

test('time advances over many deadlines that set one another', async () => {
  await using app = await begun([ticks]);
  await app.advance('1d');
  expect(remindersOf(app)).toHaveLength(96);
  expect(new Set(remindersOf(app)).size).toBe(96);
});

test('time advances while an application runs', async () => {
  // #region advance
  await using app = await testFlow(TaskModule, { processors: [reminders] });
  await app.flow.dispatch({ name: 'Begin', message: { id: 't' } });
  await app.advance('15m');
  expect(app.events.at(-1)).toMatchObject({ name: 'Reminded', recordedAt: '2020-01-01T00:10:00.000Z' });
  await app.advance('1h');
  expect(app.commands.map(({ name }) => name)).toEqual(['Begin', 'Remind', 'Remind', 'Remind']);
  // #endregion advance
});

test('time advances where nothing waits for it', async () => {
  await using app = await begun([]);
  await app.advance('1d 12h');
  expect(new Date(app.clock.now()).toISOString()).toBe('2020-01-02T12:00:00.000Z');
});

test('time advances to scheduled and recurring commands as well', async () => {
  await using app = await begun([reminders], { scheduling: true });
  const remindNow = (why: string) => ({ name: 'Remind', message: { id: 't', why } });
  await app.flow.schedule(remindNow('scheduled'), { in: '13m' });
  app.flow.recurring('quarterly', '*/15 * * * *', () => remindNow('recurring'));
  await app.advance('31m');
  expect(remindersOf(app)).toEqual([
    ...['00:10 first', '00:13 scheduled', '00:15 recurring', '00:20 second', '00:30 recurring', '00:30 third'],
  ]);
});

test('commands of a process are tried again without pauses', async () => {
  const failing = defineProcess<{ why: string }>({
    ...{ name: 'failing', correlate, state: { why: '' }, retry: { attempts: 4, delay: 60_000 } },
    starts: { Begun: (__, { id }) => send({ name: 'Fail', message: { id } }) },
    rejected: {
      Fail: (state, __, { error }) => {
        state.why = error!.message;
      },
    },
  });
  await using app = await begun([failing]);
  await app.settle();
  expect(app.commands.filter(({ name }) => name === 'Fail')).toHaveLength(4);
  expect((await app.flow.processManagers.of(failing).get('t'))?.state).toEqual({ why: 'no way' });
});

test('says what is no duration, and refuses a store with another clock', async () => {
  await using app = await begun([reminders], { eventStore: new InMemoryEventStore() });
  await expect(app.advance('soon')).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
  await expect(app.advance(-1)).rejects.toThrow('duration is -1');
  await expect(app.advance(1, { timeout: 'long' as never })).rejects.toThrow('timeout');
  await expect(app.advance('31m')).rejects.toThrow('the event store takes its time from another clock than the test');
});
