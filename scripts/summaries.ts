import { join } from 'node:path';
import ts from 'typescript';

const ROOT = join(__dirname, '..');

const fileOf = (entry: string): string => join(ROOT, 'src', `${entry}.ts`);

/** The entry points whose names a page lists. */
const ENTRIES = ['index', 'container', 'operations', 'processes', 'store-kit', 'tsyringe', 'upcasting', 'values'].map(
  fileOf,
);

let program: ts.Program | undefined;

/** Reads the sources once, for all pages, and nothing else: doc comments need no types of libraries. */
function programOf(): ts.Program {
  if (program) return program;
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  program = ts.createProgram(ENTRIES, { ...options, noLib: true, types: [] });
  return program;
}

/** Returns the first sentence of the doc comment of each name that an entry point exports. */
export function summaries(entry: string): ReadonlyMap<string, string> {
  const checker = programOf().getTypeChecker();
  const module = checker.getSymbolAtLocation(programOf().getSourceFile(fileOf(entry))!)!;
  return new Map(
    checker.getExportsOfModule(module).map(symbol => [symbol.name, firstSentence(declared(symbol, checker), checker)]),
  );
}

const declared = (symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol =>
  symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;

function firstSentence(symbol: ts.Symbol, checker: ts.TypeChecker): string {
  const text = ts
    .displayPartsToString(symbol.getDocumentationComment(checker))
    .replace(/\{@link (\S+?) ?\}/g, '`$1`')
    .replace(/\s+/g, ' ')
    .trim();
  return /^.*?\.(?= |$)/.exec(text)?.[0] ?? text;
}
