import { closeSync, constants, existsSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { lockFile } from './lock-file';

/** Thrown when a line of the file, other than an unfinished last one, is not what its store wrote. */
export class DamagedFileError extends Error {}

/** A file to which one process at a time adds lines; each is there as a whole or not at all. */
export class LinesFile {
  private constructor(
    private readonly path: string,
    private end: number,
    readonly close: () => void,
  ) {}

  /**
   * Opens a file and returns what is made of its lines. The file is made with the first line that is added.
   * @throws DamagedFileError when `make` throws after it has taken a line; FileInUseError
   */
  static open<T>(path: string, make: (lines: Iterable<string>, file: LinesFile) => T): T {
    const unlock = lockFile(path);
    let lineNumber = 0;
    function* lines(bytes: Buffer): Generator<string> {
      const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
      for (let start = 0; start < bytes.length; start = bytes.indexOf('\n', start) + 1) {
        lineNumber++;
        yield decoder.decode(bytes.subarray(start, bytes.indexOf('\n', start)));
      }
    }
    try {
      const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
      // A process that died while writing leaves a line without its end; no caller was told that it was stored.
      const end = bytes.lastIndexOf('\n') + 1;
      return make(lines(bytes.subarray(0, end)), new LinesFile(path, end, unlock));
    } catch (cause) {
      unlock();
      if (lineNumber === 0) throw cause;
      const message = `Line ${lineNumber} of ${path} is damaged. Restore the file from a copy, or move it away to start anew.`;
      throw new DamagedFileError(message, { cause });
    }
  }

  /**
   * Returns when the line is on the disk. What could not be written as a whole is cut off, now or before the next line.
   */
  add(text: string): void {
    const line = Buffer.from(`${text}\n`);
    const file = openSync(this.path, constants.O_RDWR | constants.O_CREAT);
    try {
      ftruncateSync(file, this.end);
      for (let done = 0; done < line.length; ) done += writeSync(file, line, done, line.length - done, this.end + done);
      fsyncSync(file);
    } catch (error) {
      ftruncateSync(file, this.end);
      throw error;
    } finally {
      closeSync(file);
    }
    this.end += line.length;
  }
}
