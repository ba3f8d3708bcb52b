import { defineProjection, type EventProcessorDefinition } from 'eventuality';
import { EventProcessors } from '../../../src/processing';
import type { EventStore } from '../../../src/store';
import { happened, to } from '../../support/events';
import { SILENT } from '../../support/logger';
import { withStores } from '../../support/stores/stores';
import { TESTED } from '../../support/stores/tested';

/** Runs a projection over a poison event (`poison`), one of its aggregate's after it, and one of another aggregate. */
async function overPoison(eventStore: EventStore, definition: EventProcessorDefinition): Promise<EventProcessors> {
  const eventContext = (): never => {
    throw new Error('There is no listener.');
  };
  const projections = new EventProcessors({ eventStore, definitions: [definition], eventContext, logger: SILENT });
  await eventStore.append([to('poison', 'any', happened(), happened({ later: true })), to('sound', 'any')]);
  projections.start();
  await projections.waitFor(3n);
  return projections;
}

const retry = { attempts: 1 };

describe.each(TESTED)('%s', name => {
  const poisons: readonly [string, (id: string, documents: any) => void][] = [
    ['writes a document without an id', (_, documents) => documents.set('', { written: true })],
    [
      'writes a document with an id that is too long',
      (_, documents) => documents.set('x'.repeat(300), { written: true }),
    ],
    ['deletes a document with an id that no database takes', (_, documents) => documents.delete('a\0b')],
    [
      'throws what has no text',
      () => {
        throw Object.create(null);
      },
    ],
    [
      'throws an error whose stack is no text',
      () => {
        throw Object.assign(new Error('no'), { stack: 5 });
      },
    ],
  ];

  test.each(poisons)(
    'an event whose handler %s is parked with its successors, and everything else goes on',
    async (_, poison) => {
      await withStores(name, 1, async ([store]) => {
        const definition = defineProjection<object>({
          name: 'seen',
          retry,
          on: {
            Happened(_payload, { event, documents }) {
              documents.set(event.aggregateId, { seen: event.version });
              if (event.aggregateId === 'poison') poison(event.aggregateId, documents);
            },
          },
        });
        const projections = await overPoison(store!, definition);
        const letters = await projections.of('seen').deadLetters();
        expect(letters.map(({ position, attempts, error }) => [position, attempts, error === undefined])).toEqual([
          [1n, 1, false],
          [2n, 0, true],
        ]);
        expect([...(await store!.projections!.get('seen', 1, ['poison', 'sound'])).entries()]).toEqual([
          ['sound', { seen: 1 }],
        ]);
        await projections.close();
      });
    },
    20_000,
  );

  const keys: readonly [string, () => any][] = [
    ['no text', () => 5],
    ['text that no database takes', () => 'a\0b'],
    ['what has no text', () => Object.create(null)],
  ];

  test.each(keys)(
    'an event whose sequenceBy gives %s is parked, and everything else goes on',
    async (_, key) => {
      await withStores(name, 1, async ([store]) => {
        const handled: string[] = [];
        const definition = defineProjection<object>({
          name: 'seen',
          retry,
          sequenceBy: {
            key: 'odd',
            of: event => (event.aggregateId === 'poison' ? (key() as string) : event.aggregateId),
          },
          on: { Happened: (_payload, { event }) => void handled.push(event.aggregateId) },
        });
        const projections = await overPoison(store!, definition);
        expect(handled).toEqual(['sound']);
        const [first] = await projections.of('seen').deadLetters();
        expect(first).toMatchObject({ position: 1n, sequence: 'Todo/poison' });
        expect(first!.error).toMatch("sequenceBy of 'seen' returned ");
        await projections.close();
      });
    },
    20_000,
  );

  test('a document that cannot exist is not there', async () => {
    await withStores(name, 1, async ([store]) => {
      const found: unknown[] = [];
      const definition = defineProjection<object>({
        name: 'seen',
        retry,
        on: { Happened: async (_payload, { documents }) => void found.push(await documents.get('a\0b')) },
      });
      const projections = await overPoison(store!, definition);
      expect(found).toEqual([undefined, undefined, undefined]);
      await projections.close();
    });
  });
});
