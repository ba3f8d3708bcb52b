import { setTimeout as sleep } from 'node:timers/promises';
import { type EventStore, Flow, InMemoryEventStore, type RecordedEvent } from 'eventuality';
import { sqlite } from '../../../src/adapters/sqlite';
import { CreateTodo, RenameTodo, Todo } from '../../domain/todo';
import { SILENT } from '../../support/logger';
import { TestSchema } from '../../support/stores/schema';

const schema = new TestSchema(__filename);

const AGGREGATES = 60;
const COMMANDS = 12;

/**
 * Sends commands to all aggregates at once, without awaiting any; returns the events as a listener heard them, and as
 * they were answered.
 */
async function play(eventStore: EventStore): Promise<{ heard: RecordedEvent[]; answered: RecordedEvent[] }> {
  const heard: RecordedEvent[] = [];
  const answered: RecordedEvent[] = [];
  const listen = async (event: RecordedEvent): Promise<void> => {
    if (event.position % 50n === 0n) await sleep(1);
    heard.push(event);
  };
  const flow = new Flow({
    eventStore,
    aggregates: [Todo],
    listeners: { TodoCreated: listen, TodoRenamed: listen },
    logger: SILENT,
  });
  const commands = Array.from({ length: COMMANDS }, (_, number) =>
    Array.from({ length: AGGREGATES }, (__, id) =>
      number === 0 ? new CreateTodo(`${id}`, 'first') : new RenameTodo(`${id}`, `${number}`),
    ),
  );
  await Promise.all(commands.flat().map(async command => answered.push(...(await flow.dispatch(command)).events)));
  await flow.close();
  return { heard, answered };
}

describe.each<[string, () => EventStore]>([
  ['in memory', () => new InMemoryEventStore()],
  ['on SQLite', () => sqlite(':memory:')],
  ['on PostgreSQL', () => schema.open()],
])('a listener %s', (_, open) => {
  it('hears every event once, as the commands were done, and those of each aggregate in their order', async () => {
    const { heard, answered } = await play(open());
    expect(heard).toHaveLength(AGGREGATES * COMMANDS);
    expect(heard.map(({ position }) => position)).toEqual(answered.map(({ position }) => position));
    for (let id = 0; id < AGGREGATES; id++) {
      const versions = heard.filter(({ aggregateId }) => aggregateId === `${id}`).map(({ version }) => version);
      expect(versions).toEqual(Array.from({ length: COMMANDS }, (__, index) => index + 1));
    }
  });
});
