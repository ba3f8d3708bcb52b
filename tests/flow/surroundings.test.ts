import { defineReactor, Flow, type FlowParts, InMemoryEventStore } from 'eventuality';
import { CreateTodo, RenameTodo, Todo, TodoCreated } from '../domain/todo';
import { SILENT } from '../support/logger';
import { pause } from '../support/waiting';

let flow: Flow;

const start = (parts: Partial<FlowParts>): Flow => {
  flow = new Flow({ eventStore: new InMemoryEventStore(), aggregates: [Todo], logger: SILENT, ...parts });
  return flow;
};

afterEach(() => flow.close());

describe('the metadata of the surroundings', () => {
  test('is in that of a command from outside, below its own', async () => {
    let actor: string | undefined = 'ann';
    start({ metadata: () => (actor === undefined ? undefined : { actor, tenant: 'a' }) });
    const created = await flow.dispatch(new CreateTodo('1', 'x'));
    expect(created.events[0]!.metadata).toMatchObject({ actor: 'ann', tenant: 'a', commandName: 'CreateTodo' });
    const renamed = await flow.dispatch(new RenameTodo('1', 'y'), { metadata: { actor: 'bob' } });
    expect(renamed.events[0]!.metadata).toMatchObject({ actor: 'bob', tenant: 'a' });
    actor = undefined;
    const again = await flow.dispatch(new RenameTodo('1', 'z'));
    expect(again.events[0]!.metadata).not.toHaveProperty('actor');
  });

  test('is not asked for a command of a handler, which inherits from what caused it', async () => {
    let asked = 0;
    const renaming = defineReactor({
      name: 'renaming',
      on: { [TodoCreated.name]: (_, { dispatch }) => dispatch(new RenameTodo('1', 'y')) },
    });
    start({ processors: [renaming], metadata: () => ({ actor: `request ${++asked}` }) });
    await flow.processors.ready();
    await flow.dispatch(new CreateTodo('1', 'x'));
    await flow.processors.settled();
    const events = await flow.eventStore.readAll({});
    expect([asked, events.map(({ metadata }) => metadata.actor)]).toEqual([1, ['request 1', 'request 1']]);
  });

  test.each<[string, () => any, RegExp]>([
    [
      'throws',
      () => {
        throw new Error('no request');
      },
      /no request/,
    ],
    ['returns text', () => 'ann', /metadata is 'ann'; it must be an object of entries/],
    [
      'returns a promise',
      async () => Promise.reject(new Error('later')),
      /metadata is .*Promise.*; it must be an object/,
    ],
  ])('that %s rejects the command, and ends no process', async (_, metadata, message) => {
    start({ metadata, scheduling: true });
    await expect(flow.dispatch(new CreateTodo('1', 'x'))).rejects.toThrow(message);
    await expect(flow.schedule(new CreateTodo('1', 'x'), { in: 0 })).rejects.toThrow(message);
    expect(await flow.eventStore.readAll({})).toEqual([]);
  });

  test('is kept for a command that is scheduled', async () => {
    start({ scheduling: true, metadata: () => ({ actor: 'ann' }) });
    await flow.schedule(new CreateTodo('1', 'x'), { in: 0 });
    await flow.processors.settled();
    const events = await flow.eventStore.readAll({});
    expect(events.map(({ metadata }) => metadata.actor)).toEqual(['ann']);
  });
});

describe("follow: 'later'", () => {
  test('starts when ready() is called, and dispatches before', async () => {
    const seen: string[] = [];
    const reader = defineReactor({
      name: 'reader',
      on: { [TodoCreated.name]: (_, { event }) => void seen.push(event.aggregateId) },
    });
    start({ processors: [reader], follow: 'later' });
    await flow.processors.prepare();
    await flow.dispatch(new CreateTodo('1', 'x'));
    await pause(50);
    expect(seen).toEqual([]);
    await flow.processors.ready();
    await flow.dispatch(new CreateTodo('2', 'x'));
    await flow.processors.settled();
    expect(seen).toEqual(['1', '2']);
  });

  test('a flow that has never started closes', async () => {
    const reader = defineReactor({ name: 'reader', on: { [TodoCreated.name]: () => undefined } });
    start({ processors: [reader], follow: 'later' });
    await flow.close();
    await expect(flow.dispatch(new CreateTodo('1', 'x'))).rejects.toMatchObject({ code: 'FLOW_CLOSED' });
  });

  test('another word is refused', () => {
    expect(() => start({ follow: 'sometime' as 'later' })).toThrow("must be true, false or 'later'");
  });
});
