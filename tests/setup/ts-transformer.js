const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { version } = require('typescript/package.json');

const CONFIG = join(__dirname, '../../tsconfig.json');
/** What the code depends on beside its source: other code follows from another compiler, or from this file. */
const COMPILED_BY = [version, readFileSync(CONFIG), readFileSync(__filename)].join('\n');

let options;

/** TypeScript is loaded for a file that is not in the cache of jest, and by no process that needs none. */
function compilerOptions(ts) {
  const { config } = ts.readConfigFile(CONFIG, ts.sys.readFile);
  const found = ts.convertCompilerOptionsFromJson(config.compilerOptions, join(CONFIG, '..'));
  return { ...found.options, noEmit: false, sourceMap: true };
}

/**
 * Compiles TypeScript for jest, one file at a time. The map from the compiled code to its source is a file of its own
 * in jest's cache: within the code it would make up two thirds of what each test file reads and compiles.
 */
module.exports = {
  getCacheKey(source, path) {
    return createHash('sha1').update([COMPILED_BY, path, source].join('\0')).digest('hex');
  },
  process(source, path) {
    const ts = require('typescript');
    options ??= compilerOptions(ts);
    const { outputText, sourceMapText, diagnostics } = ts.transpileModule(source, {
      fileName: path,
      compilerOptions: options,
      reportDiagnostics: true,
    });
    if (diagnostics.length > 0) {
      const host = { getCurrentDirectory: () => '', getCanonicalFileName: name => name, getNewLine: () => '\n' };
      throw new Error(ts.formatDiagnostics(diagnostics, host));
    }
    return { code: outputText.replace(/\/\/# sourceMappingURL=.*\s*$/, ''), map: sourceMapText };
  },
};
