import * as fc from 'fast-check';
import { EventBus, Flow } from '../../../src/flow';
import { EventualityError } from '../../../src/messages';
import { InMemoryEventStore } from '../../../src/store';
import { type Figure, none, type Subject, some } from '../../support/figures';
import { names } from '../../support/hostile-values';
import { SILENT } from '../../support/logger';

const UNKNOWN = ['UNKNOWN_COMMAND', 'UNKNOWN_QUERY', 'UNNAMED_MESSAGE'];

/** Sends messages of generated names to a flow that knows none of them, and to one that knows them all. */
export async function messageNames(numRuns: number, seed: number): Promise<Figure[]> {
  const given = [...new Set(['constructor', ...fc.sample(names, { numRuns: 2 * numRuns, seed })])].slice(0, numRuns);
  const subject: Subject = {
    item: 15,
    store: '-',
    done: `commands, queries and events of ${given.length} generated names`,
    seed,
  };
  const careless: Record<string, unknown> = {};
  return [
    none(subject, 'unknown ones not refused with one error of their kind', await wrongOfUnknown(given)),
    none(
      subject,
      'known ones that do not reach their own handler',
      await wrongOfKnown(given.filter(name => name !== '')),
    ),
    some(
      { ...subject, done: 'handlers in a plain object' },
      'found that were not registered',
      given.filter(name => careless[name] !== undefined).length,
    ),
  ];
}

async function wrongOfUnknown(given: readonly string[]): Promise<number> {
  const flow = new Flow({ eventStore: new InMemoryEventStore(), logger: SILENT });
  let wrong = 0;
  for (const name of given) {
    if (!(await isRefused(() => flow.dispatch({ name, message: {} })))) wrong++;
    if (!(await isRefused(() => flow.query({ name, message: {} })))) wrong++;
  }
  return wrong;
}

async function isRefused(call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call();
    return false;
  } catch (error) {
    return EventualityError.is(error) && UNKNOWN.includes(error.code);
  }
}

async function wrongOfKnown(given: readonly string[]): Promise<number> {
  const reached: string[] = [];
  const handlers = (kind: string) =>
    Object.fromEntries(given.map(name => [name, () => void reached.push(`${kind} ${name}`)]));
  const eventStore = new InMemoryEventStore();
  const eventBus = new EventBus({ logger: SILENT });
  const flow = new Flow({
    ...{ eventStore, eventBus, logger: SILENT },
    ...{ commandHandlers: handlers('command'), queryHandlers: handlers('query'), listeners: handlers('event') },
  });
  let wrong = 0;
  for (const name of given) {
    reached.length = 0;
    await flow.dispatch({ name, message: {} });
    await flow.query({ name, message: {} });
    eventBus.publish([{ ...anEvent, name }]);
    await eventBus.drain();
    if (reached.join('\n') !== [`command ${name}`, `query ${name}`, `event ${name}`].join('\n')) wrong++;
  }
  return wrong;
}

const anEvent = {
  ...{
    id: '',
    aggregateName: 'Thing',
    aggregateId: '1',
    version: 1,
    position: 1n,
    schemaVersion: 1,
    payload: {},
    recordedAt: '',
  },
  metadata: { correlationId: '', causationId: '', commandName: '' },
};
