import { EventualityError } from '../faults/errors';
import { reasonOf } from '../faults/format-error';
import { shownPath } from '../faults/shown';

/** Thrown when a codec fails while something is stored or read; `cause` is what the codec has thrown. */
export class CodecFailedError extends EventualityError {
  readonly code = 'CODEC_FAILED';

  constructor(
    /** Such as `the event 'order.placed'`; undefined for a codec that your own code has called. */
    readonly of: string | undefined,
    /** The field, such as `lines[0].price`; `''` for the codec of the whole. */
    readonly path: string,
    readonly failed: 'encode' | 'decode',
    cause: unknown,
  ) {
    const codec = path === '' ? 'its codec' : `the codec of '${shownPath(path)}'`;
    super(`${subject(of, failed)}${codec} failed: ${reasonOf(cause)}.`, { cause });
  }
}

const subject = (of: string | undefined, failed: 'encode' | 'decode'): string => {
  const done = failed === 'encode' ? 'stored' : 'read';
  return of === undefined ? `A value cannot be ${done}: ` : `${of[0]!.toUpperCase()}${of.slice(1)} cannot be ${done}: `;
};

/** Returns the error of a part of a value, a field or `[0]`, when the error of its own codec is caught. */
export function failedAt(part: string, failed: 'encode' | 'decode', error: unknown): CodecFailedError {
  if (!(error instanceof CodecFailedError) || error.of !== undefined)
    return new CodecFailedError(undefined, part, failed, error);
  return new CodecFailedError(undefined, within(part, error.path), failed, error.cause);
}

/** Returns the error of what is stored or read, when that of its codecs is caught. */
export function failedOf(of: string, failed: 'encode' | 'decode', error: unknown): CodecFailedError {
  const isOfPart = error instanceof CodecFailedError && error.of === undefined;
  return isOfPart
    ? new CodecFailedError(of, error.path, failed, error.cause)
    : new CodecFailedError(of, '', failed, error);
}

const within = (part: string, path: string): string =>
  path === '' || path.startsWith('[') ? `${part}${path}` : `${part}.${path}`;
