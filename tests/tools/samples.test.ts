import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { Project } from '../support/cli-project';

const SAMPLES = join(__dirname, '../../samples');
let project: Project;

beforeEach(() => {
  project = new Project();
});

afterEach(() => project.remove());

test.each(['todo', 'ordering', 'nestjs'])('the events of the sample %s are as they are locked', async sample => {
  cpSync(SAMPLES, project.folder, { recursive: true });
  const { out } = await project.run('schema', 'check', '--json', '--config', `${sample}/eventuality.config.ts`);
  expect(JSON.parse(out)).toMatchObject({ status: 'ok', diagnostics: [] });
});

test('control: an event of the sample that has changed is found', async () => {
  cpSync(join(SAMPLES, 'todo'), project.folder, { recursive: true });
  const [created, ...rest] = project.read('domain.ts').split('export class TodoRenamed');
  const changed = created!.replace(/(class TodoCreated \{\s+constructor\(readonly )description/, '$1text');
  project.write({ 'domain.ts': [changed, ...rest].join('export class TodoRenamed') });
  expect(await project.run('schema', 'check')).toMatchObject({
    code: 1,
    err: expect.stringContaining('error: TodoCreated, description: is gone, and stored events have it.'),
  });
});
