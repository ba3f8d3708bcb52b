import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { Event } from '../../../src/decorators';
import { Flow } from '../../../src/flow';
import { defineAggregate } from '../../../src/model';
import type { EventStore } from '../../../src/store';
import { type Figure, holds, isRefuted } from '../../support/figures';
import { SILENT } from '../../support/logger';
import { ScheduledStore } from './scheduled-store';

interface Count {
  readonly id: string;
  readonly process: number;
}

/** What came of one command: the versions it stored, or the code of its error. */
type Result = number | string;

/** Deals with commands of one process, in whatever way is tried. */
type Dispatch = (command: Count, decide: (seen: number) => Promise<void>) => Promise<Result>;

const commands = fc.array(
  fc.record({ id: fc.constantFrom('a', 'b'), process: fc.integer({ min: 0, max: 5 }).map(n => (n === 5 ? 1 : 0)) }),
  {
    minLength: 1,
    maxLength: 6,
  },
);

/**
 * Commands to two aggregates, most of one process and some of another on the same store: in a process they are carried
 * out one after the other in the order given, each sees all before it, and each that succeeded has stored one event.
 */
const areCarriedOutInTurn = (process: (store: EventStore) => Dispatch): fc.IAsyncPropertyWithHooks<unknown> =>
  fc.asyncProperty(fc.scheduler(), commands, async (scheduler, list) => {
    const store = new ScheduledStore(scheduler);
    const processes = [process(store), process(store)];
    const busy = new Set<string>();
    const dispatched: (Count & { result?: Result })[] = [];
    const dispatching = list.map(async command => {
      await scheduler.schedule(Promise.resolve(), `dispatch to ${command.id}`);
      const entry: Count & { result?: Result } = { ...command };
      dispatched.push(entry);
      const lane = `${command.process} ${command.id}`;
      entry.result = await processes[command.process]!(command, async seen => {
        assert.ok(!busy.has(lane), `two commands to ${command.id} are decided at once, the second at ${seen}`);
        busy.add(lane);
        await scheduler.schedule(Promise.resolve(), `decide on ${command.id} at ${seen}`);
        busy.delete(lane);
      });
    });
    await scheduler.waitFor(Promise.all(dispatching));
    for (const id of ['a', 'b'])
      await judge(
        store,
        id,
        dispatched.filter(each => each.id === id),
      );
  });

async function judge(
  store: ScheduledStore,
  id: string,
  dispatched: readonly (Count & { result?: Result })[],
): Promise<void> {
  const events = await store.kept.read({ aggregateName: 'Counter', aggregateId: id });
  assert.deepEqual(
    events.map(({ payload }) => (payload as { seen: number }).seen),
    events.map((_, index) => index),
    'an event was decided without having seen all before it',
  );
  const versions = dispatched.flatMap(({ result }) => (typeof result === 'number' ? [result] : []));
  assert.deepEqual(
    [...versions].sort((left, right) => left - right),
    events.map(({ version }) => version),
    'what is stored is not what succeeded',
  );
  for (const process of [0, 1]) {
    const own = dispatched.filter(each => each.process === process).map(({ result }) => result);
    const stored = own.filter(result => typeof result === 'number');
    assert.deepEqual(
      stored,
      [...stored].sort((left, right) => left - right),
      'commands were carried out in another order',
    );
    for (const result of own)
      assert.ok(typeof result === 'number' || result === 'CONCURRENCY', `a command ended with ${result}`);
  }
  if (dispatched.every(each => each.process === 0))
    assert.equal(versions.length, dispatched.length, 'a conflict with oneself');
}

/** A flow, with or without a cache, as an application has it. */
const flowProcess =
  (cache: false | { max: number }) =>
  (eventStore: EventStore): Dispatch => {
    const deciders = new Map<object, (seen: number) => Promise<void>>();
    const Counter = defineAggregate({
      name: 'Counter',
      state: { total: 0 },
      commands: {
        Count: {
          creates: 'if-missing',
          decide: async ({ total }, command) => {
            await deciders.get(command)!(total);
            return Event({ aggregateId: command.id, name: 'Counted', payload: { seen: total } });
          },
        },
      },
      on: { Counted: state => ({ total: state.total + 1 }) },
    });
    const flow = new Flow({ eventStore, aggregates: [Counter], logger: SILENT, cache });
    return async (command, decide) => {
      const message = { id: command.id };
      deciders.set(message, decide);
      return flow.dispatch({ name: 'Count', message }).then(
        ({ version }) => version,
        error => error.code ?? String(error),
      );
    };
  };

/**
 * Reads, decides and appends, as one might write it first: without a turn for each command, or without looking at the
 * version.
 */
const carelessProcess =
  (store: EventStore): Dispatch =>
  async (command, decide) => {
    const stream = { aggregateName: 'Counter', aggregateId: command.id };
    const seen = (await store.read(stream)).length;
    await decide(seen);
    const outcome = await store.append([{ stream, expected: 'any', events: [{ name: 'Counted', payload: { seen } }] }]);
    return outcome.ok ? outcome.events[0]!.version : 'CONCURRENCY';
  };

export async function commandSchedules(schedules: number, seed: number): Promise<Figure[]> {
  const subject = {
    item: 3,
    store: 'memory',
    seed,
    done: 'commands to two aggregates, a rival process beside: in turn, none lost',
  };
  return [
    await holds(subject, areCarriedOutInTurn(flowProcess(false)), schedules),
    await holds(
      { ...subject, done: `${subject.done}, with a cache` },
      areCarriedOutInTurn(flowProcess({ max: 10 })),
      schedules,
    ),
    await isRefuted(
      { ...subject, done: 'commands that are carried out at once' },
      areCarriedOutInTurn(carelessProcess),
      1000,
    ),
  ];
}
