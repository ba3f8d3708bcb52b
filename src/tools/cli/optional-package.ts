import { messageOf, WrongUse } from './wrong-use';

/**
 * Loads a package that is needed by the command line only, and therefore is an optional peer dependency.
 * @throws WrongUse saying what to install
 */
export async function loaded<Package>(name: string, load: () => Promise<Package>): Promise<Package> {
  try {
    return await load();
  } catch (error) {
    const { code } = error as { code?: string };
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND')
      throw new WrongUse(`The package '${name}' cannot be loaded: ${messageOf(error)}`);
    throw new WrongUse(`The command line needs the package '${name}'. Install: npm install --save-dev commander jiti`);
  }
}
