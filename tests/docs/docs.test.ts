import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pages, renewed, strayBlocks } from '../../scripts/docs';

describe.each(pages())('%s', page => {
  test('shows code as the files have it that the tests compile and run (npm run docs renews it)', () => {
    expect(readFileSync(join(__dirname, '../..', page), 'utf8')).toBe(renewed(page));
  });

  test('has no code block that comes from no file', () => {
    expect(strayBlocks(page)).toEqual([]);
  });
});

test('the first example of the README has at most 40 lines', () => {
  const readme = readFileSync(join(__dirname, '../../README.md'), 'utf8');
  const lines = /<!-- code: \S+#write-side -->\n```ts\n([\s\S]*?)```/
    .exec(readme)![1]!
    .split('\n')
    .filter(line => line.trim() !== '');
  expect(lines.length).toBeLessThanOrEqual(40);
});
