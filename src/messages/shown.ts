const MAX_SHOWN_CHARACTERS = 100;
/** Control and format characters (line breaks, escape sequences of terminals, writing direction), and halves of pairs. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * Returns a text as it may stand in a message or a line of a log: cut after 100 characters, with its length, and with control characters,
 * line breaks and marks of writing direction escaped.
 */
export function shownText(text: string): string {
  const cut = text.length > MAX_SHOWN_CHARACTERS;
  const shown = (cut ? text.slice(0, MAX_SHOWN_CHARACTERS) : text).replace(UNPRINTABLE, escaped);
  return cut ? `${shown}… (${text.length.toLocaleString('en')} characters)` : shown;
}

/**
 * Returns any value as it may stand in a message: a text in quotes, `null`, `undefined`, numbers and the like as they are written, another
 * value by its class. Never throws, whatever the value does when it is turned into text.
 */
export function shownValue(value: unknown): string {
  if (typeof value === 'string') return `'${shownText(value)}'`;
  if (typeof value === 'bigint') return `${shownText(String(value))}n`;
  if (typeof value === 'function') return nameOf(value) ? `the function ${shownText(nameOf(value))}` : 'a function without a name';
  if (typeof value === 'object' && value !== null) return classOf(value);
  return shownText(String(value));
}

/** Returns `shownValue` with the value's type behind it: `7 (number)`. */
export function shownWithType(value: unknown): string {
  const type = value === null ? 'null' : typeof value;
  return type === 'object' || type === 'function' ? shownValue(value) : `${shownValue(value)} (${type})`;
}

function escaped(character: string): string {
  if (character === '\n') return '\\n';
  if (character === '\r') return '\\r';
  if (character === '\t') return '\\t';
  const code = character.codePointAt(0)!.toString(16);
  return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`;
}

function nameOf(type: unknown): string {
  try {
    const { name } = type as { name: unknown };
    return typeof name === 'string' ? name : '';
  } catch {
    return '';
  }
}

function classOf(value: object): string {
  try {
    if (Array.isArray(value)) return 'an array';
    const type = value.constructor;
    const name = typeof type === 'function' && type !== Object ? nameOf(type) : '';
    return name ? `an object of the class ${shownText(name)}` : 'an object';
  } catch {
    return 'an object';
  }
}
