import { execFile } from 'node:child_process';
import { basename, dirname } from 'node:path';
import { promisify } from 'node:util';
import { messageOf, WrongUse } from '../wrong-use';
import { type LockFile, parsedLock } from './lock-file';

const run = promisify(execFile);
const MAX_BYTES = 2 ** 28;

/** Reads the lock file as it is in a commit, a branch or a tag; undefined if it is not in there. @throws WrongUse */
export async function pastLock(file: string, ref: string): Promise<LockFile | undefined> {
  const git = (...args: string[]) => run('git', args, { cwd: dirname(file), maxBuffer: MAX_BYTES });
  const commit = await git('rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`).catch(
    (error: { code?: unknown; stderr?: string }) => {
      const reason = error.code === 'ENOENT' ? 'git cannot be started' : error.stderr?.trim();
      throw new WrongUse(
        reason ? `The lock file of '${ref}' cannot be read: ${messageOf(reason)}` : `Git knows no '${ref}'.`,
      );
    },
  );
  const place = `${commit.stdout.trim()}:./${basename(file)}`;
  const exists = await git('cat-file', '-e', place).then(
    () => true,
    () => false,
  );
  if (!exists) return undefined;
  const { stdout } = await git('show', place);
  try {
    return parsedLock(stdout);
  } catch (error) {
    throw new WrongUse(`The lock file of '${ref}' cannot be read: ${messageOf(error)}`);
  }
}
