import { packageFolder } from '../names/own-file';
import { jsonOf } from '../sealing/json';
import { shownMessage } from './shown';

const BRAND = Symbol.for('eventuality:error');
/** Marks a stack frame as not the caller's: our files, those of Node, and built-in functions such as `Array.from`. */
const OWN_FRAME = [...(packageFolder === undefined ? [] : [packageFolder]), '(node:', '(<anonymous>)'];

/**
 * The base of every error that the framework throws.
 *
 * `code` is stable: match it (or the class) instead of the message. The message says what was wrong, which value,
 * and what to do. The stack starts in the caller's code: the framework's own leading frames are left out. In a bundle,
 * where they cannot be told from the caller's, it starts where the error was thrown.
 */
export abstract class EventualityError extends Error {
  /** Stable name of the failure, such as `AGGREGATE_NOT_FOUND`; all of them are listed in `docs/errors.md`. */
  abstract readonly code: string;

  constructor(message: string, options?: { cause?: unknown }) {
    super(shownMessage(message), options);
    this.name = new.target.name;
    Object.defineProperty(this, BRAND, { value: true });
    if (packageFolder === undefined) Error.captureStackTrace(this, new.target);
    this.stack = withoutOwnFrames(this);
  }

  /** The value for `JSON.stringify`: name, code, message and the error's other fields, with bigints as decimal text. */
  toJSON(): object {
    const { name, code, message } = this;
    return { name, code, message, ...(jsonOf({ ...this }) as object) };
  }

  /** Tells whether a value is an error of the framework, even one thrown by another copy of the package. */
  static is(value: unknown): value is EventualityError {
    try {
      return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[BRAND] === true;
    } catch {
      // A proxy whose traps throw can be thrown like anything else.
      return false;
    }
  }
}

/** Joins the lines of several faults into one message, numbered when there are more than one. */
export function listed(faults: readonly string[]): string {
  return faults.length === 1 ? faults[0]! : faults.map((fault, index) => `\n  ${index + 1}. ${fault}`).join('');
}

function withoutOwnFrames(error: Error): string {
  const lines = (error.stack ?? '').split('\n');
  const frames = lines.findIndex(line => /^\s+at /.test(line));
  if (frames < 0) return lines.join('\n');
  const foreign = lines.findIndex((line, index) => index >= frames && !OWN_FRAME.some(part => line.includes(part)));
  return `${error.name}: ${error.message}\n${lines.slice(foreign < 0 ? frames : foreign).join('\n')}`;
}
