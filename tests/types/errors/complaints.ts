import { join } from 'node:path';
import ts from 'typescript';

const ROOT = join(__dirname, '../../..');
/**
 * Where the sources under test are said to be: they import `eventuality` and the domain of the type tests as the other
 * type tests do.
 */
const FOLDER = join(ROOT, 'tests/types/errors');

/** How decorators are compiled. */
export type Dialect = 'legacy' | 'standard';

/**
 * Returns what the compiler says of each source, by its name, the lines of one complaint joined. All are compiled as
 * one program.
 */
export function complaints(sources: Readonly<Record<string, string>>, dialect: Dialect): Record<string, string[]> {
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile).config,
    ts.sys,
    ROOT,
  );
  const host = ts.createCompilerHost({ ...options, noEmit: true });
  const files = new Map(Object.entries(sources).map(([name, text]) => [join(FOLDER, `${name}.ts`), text]));
  const { readFile, fileExists } = host;
  host.readFile = file => files.get(file) ?? readFile(file);
  host.fileExists = file => files.has(file) || fileExists(file);
  const legacy = dialect === 'legacy';
  const settings = { ...options, noEmit: true, experimentalDecorators: legacy, emitDecoratorMetadata: legacy };
  const program = ts.createProgram([...files.keys()], settings, host);
  return Object.fromEntries(
    Object.keys(sources).map(name => {
      const file = program.getSourceFile(join(FOLDER, `${name}.ts`))!;
      return [
        name,
        program
          .getSemanticDiagnostics(file)
          .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
      ];
    }),
  );
}
