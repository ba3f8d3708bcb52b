import { existsSync } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { EventualityConfig } from '../..';
import { loaded } from './optional-package';
import { messageOf, WrongUse } from './wrong-use';

const NAME = 'eventuality.config';
const EXTENSIONS = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'];

/** A config, and where it was found. */
export interface LoadedConfig {
  readonly config: EventualityConfig;
  readonly file: string;
  readonly folder: string;
}

/** Loads the config: the given file, or the one in the working directory. @throws WrongUse */
export async function loadConfig(given: string | undefined): Promise<LoadedConfig> {
  const file = given === undefined ? found() : resolve(given);
  if (!existsSync(file)) throw new WrongUse(`There is no file '${file}'.`);
  const config = await imported(file);
  if (typeof config !== 'object' || config === null) {
    const found =
      config === undefined
        ? 'has no default export'
        : `has a default export of the type ${typeOf(config)}, not an object`;
    throw new WrongUse(`'${file}' ${found}. Write: export default { module: AppModule };`);
  }
  return { config: config as EventualityConfig, file, folder: dirname(file) };
}

const typeOf = (value: unknown): string => (value === null ? 'null' : typeof value);

function found(): string {
  const file = EXTENSIONS.map(extension => resolve(`${NAME}${extension}`)).find(path => existsSync(path));
  if (file) return file;
  throw new WrongUse(
    `There is no ${NAME}.ts in '${process.cwd()}'. Write one: export default { module: AppModule }; or name it: --config FILE.`,
  );
}

async function imported(file: string): Promise<unknown> {
  const isTypeScript = extname(file).endsWith('ts');
  const jiti = isTypeScript ? await loaded('jiti', () => import('jiti')) : undefined;
  try {
    if (jiti) {
      // The config must have the same classes as the command line.
      const importer = jiti.createJiti(file, { tsconfigPaths: true, nativeModules: ['eventuality'], fsCache: false });
      return await importer.import(file, { default: true });
    }
    const module = (await import(pathToFileURL(file).href)) as { default?: unknown };
    // An ES module that TypeScript has compiled to CommonJS has its default export one level below.
    const { default: main } = module;
    return (main as { __esModule?: true; default?: unknown } | undefined)?.__esModule
      ? (main as { default?: unknown }).default
      : main;
  } catch (error) {
    throw new WrongUse(`'${file}' cannot be loaded: ${messageOf(error)}`);
  }
}
