import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const root = join(__dirname, '..');
const MAX_LINES = 300;
const MAX_COLUMNS = 120;

const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter(path => path.endsWith('.ts'))
  .map(path => join('src', path))
  .map(path => ({ path, text: readFileSync(join(root, path), 'utf8') }));

const lineCount = (text: string): number => text.replace(/\n$/, '').split('\n').length;

/** Finds the strings and templates of a source: from where each begins to where it ends, with what closes the line. */
function texts(source: ts.SourceFile): { from: number; to: number }[] {
  const found: { from: number; to: number }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node))
      found.push({
        from: node.getStart(source),
        to: node.end + /^[ ),;+\]]*/.exec(source.text.slice(node.end))![0].length,
      });
    else ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/**
 * Finds lines that are too long. Where it is a string or template that crosses the limit, the line cannot be broken.
 */
function longLines(text: string): number[] {
  if (text.split('\n').every(line => line.length <= MAX_COLUMNS)) return [];
  const source = ts.createSourceFile('source.ts', text, ts.ScriptTarget.ES2022);
  const unbreakable = texts(source);
  const starts = source.getLineStarts();
  return text.split('\n').flatMap((line, index) => {
    const limit = starts[index]! + MAX_COLUMNS;
    const isText = unbreakable.some(({ from, to }) => from <= limit && limit < to);
    return line.length > MAX_COLUMNS && !isText ? [index + 1] : [];
  });
}

/** Finds `{ ...{ a, b }, c }`: its first property is better written out. */
function spreadFirst(text: string): number[] {
  const source = ts.createSourceFile('source.ts', text, ts.ScriptTarget.ES2022);
  const found: number[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isObjectLiteralExpression(node) && node.properties.length > 1) {
      const [first] = node.properties;
      if (ts.isSpreadAssignment(first!) && ts.isObjectLiteralExpression(first.expression))
        found.push(source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

test('reads the sources', () => {
  expect(sources.length).toBeGreaterThan(300);
});

test('no file has more than 300 lines', () => {
  const long = sources.filter(({ text }) => lineCount(text) > MAX_LINES);
  expect(long.map(({ path, text }) => `${path}: ${lineCount(text)}`)).toEqual([]);
});

test('no line has more than 120 columns, unless it is one long text', () => {
  expect(sources.flatMap(({ path, text }) => longLines(text).map(line => `${path}:${line}`))).toEqual([]);
});

test('stored events become instances, and are folded, in the places that get them from a reader', () => {
  const of = (pattern: RegExp): string[] =>
    sources.flatMap(({ path, text }) => (path.startsWith('src') && pattern.test(text) ? [path] : [])).sort();
  // Of stored events a `CurrentEvent` is made here alone; elsewhere a cast would be a way around the reader.
  expect(of(/ as CurrentEvent\b/)).toEqual([
    'src/messages/events/event-reader.ts',
    'src/model/aggregate-instance.ts',
    'src/model/classes/aggregate-class.ts',
    'src/processing/processes/turns/own-events.ts',
    'src/processing/processes/turns/process-handlers.ts',
  ]);
  expect(of(/\.evolve\(/)).toEqual(['src/model/aggregate-instance.ts']);
});

test('no object begins with what is spread from a literal', () => {
  // On Node 20 the next property then costs 0.7 µs instead of 10 ns, and each of these objects gets a shape of its own.
  const running = sources.filter(({ path }) => !/^src\/(testing|tools)\//.test(path));
  expect(running.flatMap(({ path, text }) => spreadFirst(text).map(line => `${path}:${line}`))).toEqual([]);
});

test('the samples import what users can import', () => {
  const samples = readdirSync(join(root, 'samples'), { recursive: true, encoding: 'utf8' }).filter(
    path => path.endsWith('.ts') && !path.endsWith('.test.ts'),
  );
  const imported = samples.flatMap(path => {
    const text = readFileSync(join(root, 'samples', path), 'utf8');
    return [...text.matchAll(/(?:from|import\()\s*'([^']+)'/g)].map(([, name]) => name!);
  });
  expect(imported.length).toBeGreaterThan(50);
  expect(imported.filter(name => /\bsrc\b/.test(name))).toEqual([]);
});

describe('the rule for lines', () => {
  const long = 'x'.repeat(MAX_COLUMNS);

  test.each([
    ['a comment', `// ${long}`],
    ['a comment behind code', `const a = 'short'; // ${long}`],
    ['code', `const a = ${long};`],
    ['code behind a text', `const a = 'short' + ${long};`],
  ])('finds %s', (_, line) => {
    expect(longLines(`const before = 1;\n${line}\n`)).toEqual([2]);
  });

  test.each([
    ['a string', `const a = '${long}';`],
    ['a template with code in it', `const a = \`${long} \${before} \${${long}}\`;`],
    ['what closes a line after a text', `f('${'x'.repeat(MAX_COLUMNS - 4)}');`],
    ['a line within a template', `const a = \`\n  ${long}\n\`;`],
    ['a line at the limit', `// ${'x'.repeat(MAX_COLUMNS - 3)}`],
  ])('leaves %s alone', (_, line) => {
    expect(longLines(`const before = 1;\n${line}\n`)).toEqual([]);
  });
});

describe('the rule for spreading', () => {
  test.each([
    'const a = { ...{ b, c }, d };',
    'const a = { ...{ b }, ...{ c } };',
    'f(() => ({ ...{ b, c }, ...d }));',
  ])('finds %s', line => {
    expect(spreadFirst(`const before = 1;\n${line}\n`)).toEqual([2]);
  });

  test.each(['const a = { b, ...{ c, d } };', 'const a = { ...b, c };', 'const a = { ...{ b, c } };'])(
    'leaves %s alone',
    line => {
      expect(spreadFirst(line)).toEqual([]);
    },
  );
});
