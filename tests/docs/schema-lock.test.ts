import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sqlite } from 'eventuality/sqlite';
import { Project } from '../support/cli-project';

const FILES = join(__dirname, 'schema-lock');
const PAGE = readFileSync(join(__dirname, '../../docs/schema-lock.md'), 'utf8');
let project: Project;

beforeEach(() => {
  project = new Project();
  cpSync(FILES, project.folder, { recursive: true });
});

afterEach(() => project.remove());

/** A message that the page shows, wherever its lines are broken. */
const shown = (message: string): string => {
  expect(PAGE.replace(/\s+/g, ' ')).toContain(message);
  return message;
};

test('a change, step by step', async () => {
  expect(await project.run('schema', 'lock')).toMatchObject({ code: 0 });
  project.write({
    'first.ts': project.read('first.ts').replace('name: z.string()', 'name: z.string(), locale: z.string()'),
  });
  const { code, out, err } = await project.run('schema', 'check', '--write-upcaster');
  const message = shown(
    'error: customer.registered, locale: is required now, and stored events do not have it. Raise its version to 2 and add upcast: { 1: data => ... }.',
  );
  expect([code, err.split('\n')[0]]).toEqual([1, message]);
  expect(PAGE).toContain(out);
  project.write({ 'first.ts': project.read('changed.ts') });
  expect(await project.run('schema', 'lock')).toMatchObject({ code: 0 });
  expect(await project.run('schema', 'check')).toMatchObject({ code: 0 });
});

test('samples stand for a schema, and a store is read', async () => {
  const more = ['--config', 'more.config.ts'];
  expect(await project.run('schema', 'lock')).toMatchObject({ err: expect.stringContaining('note: CustomerLeft: ') });
  expect(await project.run('schema', 'lock', ...more)).toEqual({
    ...{ code: 0, out: '' },
    err: '2 events are locked in eventuality.events.json.\n',
  });
  const locked = JSON.parse(project.read('eventuality.events.json')).events.CustomerLeft.versions[1];
  expect(locked).toMatchObject({ from: 'sample', shape: { required: ['reason'] }, sample: { reason: 'moved' } });
  expect(await project.run('schema', 'check', '--store', ...more)).toMatchObject({
    code: 2,
    err: expect.stringContaining('there is no such file, and `create` is false'),
  });
  const store = sqlite(join(project.folder, 'events.db'));
  const events = [{ name: 'CustomerLeft', schemaVersion: 1, payload: { reason: 'moved' } }];
  await store.append([{ stream: { aggregateName: 'Customer', aggregateId: '1' }, expected: 0, events }]);
  await store.close();
  const { code, out } = await project.run('schema', 'check', '--store', '--json', ...more);
  expect([code, JSON.parse(out).data.stored]).toEqual([0, [{ name: 'CustomerLeft', version: 1, count: 1 }]]);
});
