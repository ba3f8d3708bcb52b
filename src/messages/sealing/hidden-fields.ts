import { type Token, tokensOf } from '../names/source-tokens';

/**
 * What compilers turn private fields into for older targets, besides `fields.set(this, ...)` of TypeScript: esbuild;
 * swc and babel.
 */
const INITIALIZER = /^(__privateAdd|_class_private_field_init|_classPrivateFieldInitSpec)/;
/** Not a field but the mark of a class with private methods, as esbuild names it. */
const METHODS = /_instances\d*$/;
const COMPILED = '#private';

/**
 * Returns the names of the private `#fields` that a class and its parents declare, from their source text. A field that
 * a compiler replaced is called `#private`, and so is data that a constructor puts into a WeakMap (`map.set(this,
 * ...)`). Nothing can read such fields from outside. Private methods and static fields are not data of an instance.
 *
 * It cannot find data that the class's text does not show: kept by a function elsewhere, or by helpers that a minifier
 * has renamed.
 * @param prototype that of the class
 * @param until that of the parent at which to stop
 */
export function hiddenFields(prototype: object | null, until: object | null = null): string[] {
  const found = new Set<string>();
  for (let level = prototype; level !== null && level !== until; level = Object.getPrototypeOf(level)) {
    if (!Object.hasOwn(level, 'constructor') || typeof level.constructor !== 'function') continue;
    for (const name of declaredFields(Function.prototype.toString.call(level.constructor))) found.add(name);
  }
  return [...found];
}

/** @internal Scans the text of a class, or of a function used as one; classes inside it have fields of their own. */
export function* declaredFields(text: string): Generator<string> {
  // Most classes contain nothing of the kind, and are not scanned.
  if (!/#|\bset\b|rivate/.test(text)) return;
  const tokens = tokensOf(text);
  const own = tokens[0]?.text === 'class' ? 1 : 0;
  /** The depths of class heads whose body has not started, and of the bodies. */
  const heads: number[] = [];
  const bodies: number[] = [];
  let isStatic = false;
  for (const [index, token] of tokens.entries()) {
    const { depth, text } = token;
    if (beginsClass(tokens, index)) heads.push(depth);
    else if (text === '{' && heads.at(-1) === depth) bodies.push(heads.pop()!);
    else if (text === '}' && bodies.at(-1) === depth) bodies.pop();
    if (bodies.length !== own) continue;
    const isMember = own === 1 && depth === bodies[0]! + 1;
    if (isMember) isStatic = beginsMember(tokens, index) ? text === 'static' : isStatic;
    if (isMember && declaresField(tokens, index)) yield text;
    if (!isStatic && keepsElsewhere(tokens, index)) yield COMPILED;
  }
}

/** Tells whether a token is the keyword `class`, not a property of that name. */
function beginsClass(tokens: readonly Token[], index: number): boolean {
  const next = tokens[index + 1];
  return isWord(tokens, index, 'class') && (next?.kind === 'name' || next?.text === '{');
}

/**
 * Tells whether a token in the body of a class is the first of a member; without a semicolon before it, it starts a
 * line.
 */
function beginsMember(tokens: readonly Token[], index: number): boolean {
  const { kind, text, newLine } = tokens[index]!;
  const before = tokens[index - 1]!.text;
  return before === '{' || before === '}' || before === ';' || (newLine && (kind !== 'punctuator' || text === '['));
}

/** Tells whether a token in the body of a class is the name of a private field of its instances. */
function declaresField(tokens: readonly Token[], index: number): boolean {
  if (tokens[index]!.kind !== 'private') return false;
  const before = tokens[index - 1]!.text;
  const next = tokens[index + 1]?.text;
  if (before === '.' || before === '?.' || next === '(') return false;
  // `#field in object` asks for one.
  if (next === 'in' && before !== ';' && before !== '{' && before !== '}') return false;
  return before !== 'static' && !(before === 'accessor' && tokens[index - 2]?.text === 'static');
}

/** Tells whether a token starts code that hides data of the instance. */
function keepsElsewhere(tokens: readonly Token[], index: number): boolean {
  if (isText(tokens, index, 'set', '(', 'this', ',')) {
    const before = tokens[index - 1]?.text;
    return (before === '.' || before === '?.') && !isAccessor(tokens, index + 4);
  }
  if (!INITIALIZER.test(tokens[index]!.text) || tokens[index]!.kind !== 'name') return false;
  // Helpers can come from a package: helper._(this, ...), (0, helper.default)(this, ...).
  const call = [1, 3, 4].find(offset => isText(tokens, index + offset, '(', 'this', ','));
  if (call === undefined) return false;
  const field = tokens[index + call + 3]!;
  return !METHODS.test(field.text) && !isAccessor(tokens, index + call + 5);
}

/** Tells whether an object with a getter or a setter starts here: private accessors are compiled like fields. */
const isAccessor = (tokens: readonly Token[], index: number): boolean =>
  isText(tokens, index, '{', 'get', ':') || isText(tokens, index, '{', 'set', ':');

function isWord(tokens: readonly Token[], index: number, word: string): boolean {
  const before = tokens[index - 1]?.text;
  return tokens[index]!.text === word && before !== '.' && before !== '?.';
}

const isText = (tokens: readonly Token[], index: number, ...texts: readonly string[]): boolean =>
  texts.every((text, offset) => tokens[index + offset]?.text === text);
