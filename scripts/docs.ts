import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { summaries } from './summaries';

/** Every code block of the manual comes from a region of a file that the tests compile and run. */
const ROOT = join(__dirname, '..');
/** What names a region, and the code block below it, if there is one yet. */
const BLOCK = /<!-- code: (\S+?)(?:#(\S+))? -->\n(?:```ts\n[\s\S]*?```)?/g;

/** The pages that list the names of entry points: what each name is comes from its doc comment. */
const LISTS: Readonly<Record<string, readonly string[]>> = {
  'docs/api.md': ['index'],
  'docs/api-entry-points.md': ['container', 'operations', 'processes', 'tsyringe', 'upcasting', 'values'],
  'docs/store-kit.md': ['store-kit'],
};

/** The pages whose code blocks are checked. */
export const pages = (): string[] =>
  [
    'README.md',
    'CONTRIBUTING.md',
    ...readdirSync(join(ROOT, 'docs'), { recursive: true }).map(name => `docs/${name}`),
  ].filter(page => page.endsWith('.md') && existsSync(join(ROOT, page)));

/** Returns a page with its code blocks, and what it says of exported names, as the files have them now. */
export const renewed = (page: string): string =>
  withSummaries(page).replace(BLOCK, (_, file: string, region: string | undefined) => {
    const name = region === undefined ? '' : `#${region}`;
    return `<!-- code: ${file}${name} -->\n\`\`\`ts\n${regionOf(file, region)}\`\`\``;
  });

function withSummaries(page: string): string {
  const text = readFileSync(join(ROOT, page), 'utf8');
  const entries = LISTS[page];
  if (entries === undefined) return text;
  const known = new Map(entries.flatMap(entry => [...summaries(entry)]));
  return text.replace(/^- `(\w+)`:.*$/gm, (line, name: string) =>
    known.has(name) ? `- \`${name}\`: ${known.get(name)}` : line,
  );
}

/** Returns the lines of code blocks that come from no file. */
export function strayBlocks(page: string): string[] {
  const rest = readFileSync(join(ROOT, page), 'utf8').replace(BLOCK, '');
  return rest.match(/^```(ts|typescript|js|javascript)\b.*$/gm) ?? [];
}

function regionOf(file: string, region: string | undefined): string {
  const text = readFileSync(join(ROOT, file), 'utf8');
  if (region === undefined) return withoutMarks(text);
  const found = new RegExp(`^([ \\t]*)// #region ${region}\\n([\\s\\S]*?)^[ \\t]*// #endregion ${region}$`, 'm').exec(
    text,
  );
  if (!found) throw new Error(`${file} has no region '${region}'.`);
  const indent = found[1]!;
  return withoutMarks(found[2]!)
    .split('\n')
    .map(line => (line.startsWith(indent) ? line.slice(indent.length) : line))
    .join('\n');
}

/** Leaves out where other regions begin and end. */
const withoutMarks = (text: string): string => text.replace(/^[ \t]*\/\/ #(end)?region .*\n/gm, '');

if (require.main === module) {
  for (const page of pages()) writeFileSync(join(ROOT, page), renewed(page));
}
