const MAX_SHOWN = 100;
const MAX_SHOWN_OF_PATHS = 500;
const MAX_KEYS = 10;
const MAX_MESSAGE_LENGTH = 20_000;
/**
 * Control and format characters (line breaks, escape sequences of terminals, writing direction), and halves of pairs.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
/** The same except line breaks and tabs, which separate faults and occur in errors of others. */
const UNPRINTABLE_IN_MESSAGES = /[^\P{Cc}\n\t]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * Returns a text for a message or a line of a log: cut after `most` characters (default 100), with its length, and with
 * control characters, line breaks and marks of writing direction escaped.
 */
export function shownText(text: string, most = MAX_SHOWN): string {
  const cut = text.length > most;
  const shown = (cut ? text.slice(0, most) : text).replace(UNPRINTABLE, escaped);
  return cut ? `${shown}… (${text.length.toLocaleString('en')} characters)` : shown;
}

/**
 * Returns the path of a field as {@link shownText} does, but up to 500 characters of it, because the field itself is at
 * its end.
 */
export const shownPath = (path: string): string => shownText(path, MAX_SHOWN_OF_PATHS);

/**
 * Returns the message of an error, cut after 20,000 characters and escaped except for line breaks. Every error of the
 * framework uses it, in case a name or the text of another error got into the message unescaped.
 */
export function shownMessage(message: string): string {
  const cut = message.length > MAX_MESSAGE_LENGTH ? `${message.slice(0, MAX_MESSAGE_LENGTH)}…` : message;
  return cut.replace(UNPRINTABLE_IN_MESSAGES, escaped);
}

/**
 * Returns any value as text for a message: a text in quotes, `null`, `undefined`, numbers and the like as they are
 * written, another value by its class. Never throws, even if the conversion to text does.
 */
export function shownValue(value: unknown): string {
  if (typeof value === 'string') return `'${shownText(value)}'`;
  if (typeof value === 'bigint') return `${shownText(String(value))}n`;
  if (typeof value === 'function')
    return nameOf(value) ? `the function ${shownText(nameOf(value))}` : 'a function without a name';
  if (typeof value === 'object' && value !== null) return classOf(value);
  return shownText(String(value));
}

/** Returns `shownValue` followed by the value's type: `7 (number)`. */
export function shownWithType(value: unknown): string {
  const type = value === null ? 'null' : typeof value;
  return type === 'object' || type === 'function' ? shownValue(value) : `${shownValue(value)} (${type})`;
}

/**
 * Returns an object by its first ten keys, which show what it was taken for; another value as {@link shownWithType}
 * does.
 */
export function shownWithKeys(value: unknown): string {
  if (typeof value !== 'object' || value === null) return shownWithType(value);
  try {
    return `an object with the keys ${shownKeys(value)}`;
  } catch {
    return shownValue(value);
  }
}

/** Returns the first ten keys of an object, in brackets. */
export function shownKeys(object: object): string {
  const keys = Object.keys(object);
  const more = keys.length > MAX_KEYS ? ` and ${keys.length - MAX_KEYS} more` : '';
  const shown = keys.slice(0, MAX_KEYS).map(key => shownText(key));
  return `[${shown.join(', ')}]${more}`;
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
