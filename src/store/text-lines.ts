import { TextDecoder } from 'node:util';
import { shownValue } from '../messages';
import { abortablePieces } from './abortable-pieces';
import { InvalidImportError } from './errors';

/** Text, or bytes in UTF-8, cut anywhere, as a file is read. */
export type TextPieces = AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>;

/** A line without its line break. */
export interface TextLine {
  /** From 1. */
  readonly number: number;
  readonly text: string;
}

/** The longest line, in characters: the payload and the metadata of the largest event that a store takes, and what stands around them. */
const LONGEST_LINE = 130 * 1024 * 1024;
const LINE_BREAK = 10;

/**
 * Yields the lines that are not blank. A piece that ends with a whole JSON object ends the line, too, so that lines without their line
 * breaks, as `node:readline` gives them, are lines here: no JSON object is the beginning of a longer one.
 * @throws InvalidImportError for bytes that are not UTF-8 and for a line that does not end; the signal's reason
 */
export async function* textLines(pieces: TextPieces, signal?: AbortSignal): AsyncGenerator<TextLine, void, undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let [number, line] = [1, ''];
  /** Whether the line has been yielded, and its line break may follow. */
  let yielded = false;
  for await (const piece of abortablePieces(pieces, signal)) {
    if (typeof piece !== 'string' && !ArrayBuffer.isView(piece))
      throw new InvalidImportError(number, `a piece of it is ${shownValue(piece)}; pieces must be text or bytes.`);
    let part = '';
    for (const bytes of partsOf(piece)) {
      part = typeof bytes === 'string' ? bytes : decoded(bytes, decoder, number);
      if (yielded && part.trim() !== '') [number, yielded] = [number + 1, false];
      line += part;
      if (line.length > LONGEST_LINE) throw new InvalidImportError(number, `it is longer than ${LONGEST_LINE} characters.`);
      if (!part.endsWith('\n')) continue;
      const text = line.trim();
      if (text !== '') yield { number, text };
      [number, line, yielded] = [number + 1, '', false];
    }
    if (!part.trimEnd().endsWith('}') || !isJson(line)) continue;
    yield { number, text: line.trim() };
    [line, yielded] = ['', true];
  }
  const rest = (line + decoded(undefined, decoder, number)).trim();
  if (rest !== '') yield { number, text: rest };
}

/** Cuts a piece behind each line break. */
function* partsOf(piece: string | Uint8Array): Generator<string | Uint8Array> {
  for (let start = 0; start < piece.length; ) {
    const found = typeof piece === 'string' ? piece.indexOf('\n', start) : piece.indexOf(LINE_BREAK, start);
    const end = found < 0 ? piece.length : found + 1;
    yield typeof piece === 'string' ? piece.slice(start, end) : piece.subarray(start, end);
    start = end;
  }
}

/** Decodes the bytes of a line; without bytes, what is left of the last character. */
function decoded(bytes: Uint8Array | undefined, decoder: TextDecoder, number: number): string {
  try {
    return decoder.decode(bytes, { stream: bytes !== undefined });
  } catch (error) {
    throw new InvalidImportError(number, 'it has bytes that are not UTF-8.', error);
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
