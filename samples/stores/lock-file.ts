import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

/** Thrown when another process uses the file. */
export class FileInUseError extends Error {}

/**
 * Makes sure that one process at a time uses a file, by a file beside it that names the process; returns what ends
 * that. A process that was killed leaves its lock behind: the next process that finds it gone takes it over.
 * @throws FileInUseError
 */
export function lockFile(path: string): () => void {
  const lock = `${path}.lock`;
  const claim = `${lock}.${process.pid}`;
  try {
    writeFileSync(claim, String(process.pid));
    // A link is made with its content in one step, and only where there is none.
    while (failsBy('EEXIST', () => linkSync(claim, lock))) refuseWhenInUse(path, lock);
  } finally {
    rmSync(claim, { force: true });
  }
  let held = true;
  return () => {
    if (held) rmSync(lock, { force: true });
    held = false;
  };
}

function refuseWhenInUse(path: string, lock: string): void {
  let owner = '';
  const released = failsBy('ENOENT', () => {
    owner = readFileSync(lock, 'utf8');
  });
  if (released) return;
  // The signal 0 only asks whether there is such a process.
  if (!failsBy('ESRCH', () => process.kill(Number(owner), 0)))
    throw new FileInUseError(
      `The file ${path} is in use by process ${owner}. Try again when that has ended, or remove ${lock}.`,
    );
  rmSync(lock, { force: true });
}

function failsBy(code: string, action: () => void): boolean {
  try {
    action();
    return false;
  } catch (error) {
    const found = (error as NodeJS.ErrnoException).code;
    // A process of another user must not be signalled, but it exists.
    if (found !== code && found !== 'EPERM') throw error;
    return found === code;
  }
}
