import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const SRC = join(__dirname, '..', 'src');
/** Where the time of day is wanted: the clock of the machine, and ids that begin with it. */
const TELL_THE_TIME = ['messages/clock.ts', 'messages/ids.ts'];

test('nothing measures a pause or an age by the clock of the machine, which may be set', () => {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(
    file => file.endsWith('.ts') && !file.startsWith('testing'),
  );
  const users = files.filter(file => /Date\.now|new Date\(\)/.test(readFileSync(join(SRC, file), 'utf8')));
  expect(users.map(file => file.replaceAll('\\', '/')).sort()).toEqual(TELL_THE_TIME);
});
