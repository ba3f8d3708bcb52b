import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pages, renewed, strayBlocks } from '../../scripts/docs';

const root = join(__dirname, '../..');
const MAX_LINES = 300;

const textOf = (page: string): string => readFileSync(join(root, page), 'utf8');
/** The text of a page without its code. */
const proseOf = (page: string): string =>
  textOf(page)
    .replace(/^```[\s\S]*?^```/gm, '')
    .replace(/`[^`\n]*`/g, '');

/** The names by which the headings of a page are linked to, as GitHub makes them. */
function anchorsOf(page: string): string[] {
  const headings =
    textOf(page)
      .replace(/^```[\s\S]*?^```/gm, '')
      .match(/^#+ .*$/gm) ?? [];
  return headings.map(heading =>
    heading
      .replace(/^#+ /, '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** The links of a page that lead nowhere. */
function deadLinks(page: string): string[] {
  const links = [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!);
  return links.filter(link => {
    if (/^[a-z]+:/.test(link)) return false;
    const [path, anchor] = link.split('#') as [string, string | undefined];
    const target = path === '' ? page : join(dirname(page), path);
    if (!existsSync(join(root, target))) return true;
    return anchor !== undefined && !anchorsOf(target).includes(anchor);
  });
}

describe.each(pages())('%s', page => {
  test('shows code and exported names as the files have them (npm run docs renews them)', () => {
    expect(readFileSync(join(__dirname, '../..', page), 'utf8')).toBe(renewed(page));
  });

  test('has no link that leads nowhere', () => {
    expect(deadLinks(page)).toEqual([]);
  });

  test('is short enough to be read', () => {
    expect(textOf(page).split('\n').length).toBeLessThanOrEqual(MAX_LINES);
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
