import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqlite } from 'eventuality/sqlite';
import { RecordingDriver } from '../connection/recording-driver';

const folder = mkdtempSync(join(tmpdir(), 'eventuality-rows-'));
afterAll(() => rmSync(folder, { recursive: true }));

const stream = { aggregateName: 'Todo', aggregateId: '1' };

test('events are the same from a driver that returns lists and from one that returns objects only', async () => {
  const file = join(folder, 'rows.db');
  const lists = sqlite(file);
  await lists.append([
    {
      stream,
      expected: 'none',
      events: [
        { name: 'Todo created', payload: { text: 'a' }, schemaVersion: 3 },
        { name: 'TodoDeleted', payload: {}, marks: { deleted: true } },
      ],
    },
  ]);
  const objects = sqlite(file, { driver: new RecordingDriver() });
  const events = await objects.readAll();
  expect(events).toMatchObject([
    { name: 'Todo created', version: 1, position: 1n, schemaVersion: 3, payload: { text: 'a' } },
    { name: 'TodoDeleted', version: 2, position: 2n, marks: { deleted: true } },
  ]);
  expect(await lists.readAll()).toEqual(events);
  expect(await lists.read(stream)).toEqual(await objects.read(stream));
  await Promise.all([lists.close(), objects.close()]);
});
