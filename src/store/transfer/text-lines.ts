import { TextDecoder } from 'node:util';
import { abortablePieces } from '../../concurrency';
import { shownValue } from '../../messages';
import { InvalidImportError } from '../ports/errors';

/** Text, or bytes in UTF-8, split anywhere, as read from a file. */
export type TextPieces = AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>;

/** A line without its line break. */
export interface TextLine {
  /** From 1. */
  readonly number: number;
  readonly text: string;
}

/**
 * The longest line, in characters: the payload and the metadata of the largest event that a store takes, and the rest
 * of the line.
 */
const MAX_LINE_BYTES = 130 * 1024 * 1024;
const LINE_BREAK = 10;
/** `trim` treats it as a blank; at the start of a text it is not part of the line. */
const BYTE_ORDER_MARK = '\ufeff';
const [QUOTE, BACKSLASH, OPENING, CLOSING, SPACE] = [34, 92, 123, 125, 32];

/**
 * Yields the lines that are not blank. A piece that ends with a whole JSON object also ends the line, so that lines
 * without line breaks, as `node:readline` yields them, work: no JSON object is the beginning of a longer one.
 * @throws InvalidImportError for bytes that are not UTF-8 and for a line that does not end; the signal's reason
 */
export async function* textLines(pieces: TextPieces, signal?: AbortSignal): AsyncGenerator<TextLine, void, undefined> {
  const lines = new Lines();
  for await (const piece of abortablePieces(pieces, signal)) {
    lines.refuseOther(piece);
    for (const part of partsOf(piece)) {
      const line = lines.take(part);
      if (line) yield line;
    }
  }
  const last = lines.end();
  if (last) yield last;
}

/** Assembles lines, and counts them. */
class Lines {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  readonly #object = new ObjectEnd();
  #number = 1;
  #text = '';
  /** Only blanks so far. */
  #atStart = true;
  /** The line was already returned as an object, and its line break may follow. */
  #taken = false;
  /** Blank pieces after a line without a line break: they are blank lines, unless a line break follows. */
  #blankPieces = 0;

  refuseOther(piece: unknown): void {
    if (typeof piece !== 'string' && !ArrayBuffer.isView(piece))
      throw new InvalidImportError(this.#next, `a piece of it is ${shownValue(piece)}; pieces must be text or bytes.`);
  }

  /** Takes the next part, up to a line break at most; returns the line that it ends. */
  take(part: string | Uint8Array): TextLine | undefined {
    const text = typeof part === 'string' ? part : this.#decoded(part);
    const ended = text.endsWith('\n');
    if (this.#text === '' && text.trim() === '') {
      if (ended) this.#startLine(this.#number + 1);
      else if (typeof part === 'string' && part !== BYTE_ORDER_MARK && (this.#taken || this.#atStart))
        this.#blankPieces++;
      return undefined;
    }
    if (this.#text === '') this.#startLine(this.#next);
    this.#text += text;
    if (this.#text.length > MAX_LINE_BYTES)
      throw new InvalidImportError(this.#number, `it is longer than ${MAX_LINE_BYTES} characters.`);
    if (!ended && !this.#object.isReachedBy(text)) return undefined;
    const line = { number: this.#number, text: this.#text.trim() };
    if (ended) this.#startLine(this.#number + 1);
    else this.#taken = true;
    this.#text = '';
    this.#object.reset();
    return line;
  }

  /** Returns the rest when there are no more pieces. */
  end(): TextLine | undefined {
    const text = (this.#text + this.#decoded()).trim();
    return text === '' ? undefined : { number: this.#next, text };
  }

  /** The number of the line that starts here. */
  get #next(): number {
    return this.#text === '' ? this.#number + this.#blankPieces + (this.#taken ? 1 : 0) : this.#number;
  }

  #startLine(number: number): void {
    this.#number = number;
    this.#atStart = false;
    this.#taken = false;
    this.#blankPieces = 0;
  }

  /** Decodes bytes; without any, the rest of the last character. */
  #decoded(bytes?: Uint8Array): string {
    try {
      return this.#decoder.decode(bytes, { stream: bytes !== undefined });
    } catch (error) {
      throw new InvalidImportError(this.#next, 'it has bytes that are not UTF-8.', error);
    }
  }
}

/** Finds the end of a JSON object in pieces, by its braces; does not check whether it is valid JSON. */
class ObjectEnd {
  #depth = 0;
  #inString = false;
  #escaped = false;
  #reached = false;

  reset(): void {
    this.#depth = 0;
    this.#inString = this.#escaped = this.#reached = false;
  }

  /** Takes the next piece, and returns whether the object ends with it. */
  isReachedBy(piece: string): boolean {
    for (let index = 0; index < piece.length; index++) {
      const character = piece.charCodeAt(index);
      if (this.#inString) this.#takeOfString(character);
      else if (character === CLOSING) this.#reached = --this.#depth <= 0;
      else if (character > SPACE) {
        this.#reached = false;
        if (character === OPENING) this.#depth++;
        else if (character === QUOTE) this.#inString = true;
      }
    }
    return this.#reached;
  }

  #takeOfString(character: number): void {
    if (this.#escaped) this.#escaped = false;
    else if (character === BACKSLASH) this.#escaped = true;
    else if (character === QUOTE) this.#inString = false;
  }
}

/** Cuts a piece after each line break. */
function* partsOf(piece: string | Uint8Array): Generator<string | Uint8Array> {
  if (piece.length === 0) yield piece;
  for (let start = 0; start < piece.length; ) {
    const found = typeof piece === 'string' ? piece.indexOf('\n', start) : piece.indexOf(LINE_BREAK, start);
    const end = found < 0 ? piece.length : found + 1;
    yield typeof piece === 'string' ? piece.slice(start, end) : piece.subarray(start, end);
    start = end;
  }
}
