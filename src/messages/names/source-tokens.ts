/** A token of a program's text. */
export interface Token {
  /**
   * `name` is for keywords, too; `private` is a `#name`; `literal` a number, a text, a regular expression, or a part of
   * a template.
   */
  readonly kind: 'name' | 'private' | 'punctuator' | 'literal';
  readonly text: string;
  /** Whether it starts a line. */
  readonly newLine: boolean;
  /** How many brackets are open around it; a bracket itself is outside of what it encloses. */
  readonly depth: number;
}

interface Bracket {
  readonly opening: string;
  /** Whether a slash after the closing bracket starts a regular expression. */
  readonly beforeOperand: boolean;
}

const SPACE = /\s+|\/\/.*|\/\*[\s\S]*?\*\//y;
const LINE_BREAK = /[\n\r\u2028\u2029]/;
const ESCAPED = String.raw`\\u(?:[\da-fA-F]{4}|\{[\da-fA-F]+\})`;
const NAME = new RegExp(
  String.raw`#?(?:[\p{ID_Start}$_]|${ESCAPED})(?:[\p{ID_Continue}$\u200c\u200d]|${ESCAPED})*`,
  'uy',
);
const NUMBER = /\.?\d(?:[eE][+-]|[\w.])*/y;
const PUNCTUATOR = /=>|\+\+|--|\?\.(?!\d)|\.\.\.|[\s\S]/y;
const FLAGS = /[\p{ID_Continue}$]*/uy;

const BEFORE_OPERAND = new Set(
  'return typeof instanceof in of new delete void throw case do else yield await'.split(' '),
);
const BEFORE_STATEMENT = new Set([';', '{', '}', ')', '=>', 'else', 'do']);
const BEFORE_CONDITION = new Set(['if', 'while', 'for', 'with']);

/**
 * Splits the text of a valid program into its tokens, without comments; the contents of texts, templates and regular
 * expressions are not tokens. What precedes a slash, or the bracket before it, tells whether it divides.
 */
export function tokensOf(text: string): readonly Token[] {
  return new Tokenizer(text).all();
}

class Tokenizer {
  readonly #tokens: Token[] = [];
  readonly #brackets: Bracket[] = [];
  #at = 0;
  #newLine = false;
  /** Whether a value may start here: then a slash starts a regular expression. */
  #beforeOperand = true;

  constructor(private readonly text: string) {}

  all(): readonly Token[] {
    for (this.#skipSpace(); this.#at < this.text.length; this.#skipSpace()) this.#next();
    return this.#tokens;
  }

  #skipSpace(): void {
    this.#newLine = false;
    for (let space = this.#match(SPACE); space !== undefined; space = this.#match(SPACE)) {
      this.#at += space.length;
      this.#newLine ||= LINE_BREAK.test(space);
    }
  }

  #next(): void {
    const first = this.text[this.#at]!;
    const name = this.#match(NAME);
    const number = this.#match(NUMBER);
    if (name !== undefined) this.#name(name);
    else if (number !== undefined) this.#literal(this.#at + number.length);
    else if (first === '"' || first === "'") this.#literal(this.#endOf(first));
    else if (first === '`') this.#template();
    else if (first === '/' && this.#beforeOperand) this.#regularExpression();
    else this.#punctuator(this.#match(PUNCTUATOR)!);
  }

  #name(text: string): void {
    const isProperty = this.#last(1) === '.' || this.#last(1) === '?.';
    this.#add(text.startsWith('#') ? 'private' : 'name', text, !isProperty && BEFORE_OPERAND.has(text));
  }

  #literal(end: number): void {
    this.#add('literal', this.text.slice(this.#at, end), false);
  }

  #punctuator(text: string): void {
    if (text === '(' || text === '{' || text === '[') this.#open(text);
    else if (text === ')' || text === ']' || text === '}') this.#close(text);
    else this.#add('punctuator', text, text !== '++' && text !== '--');
  }

  #open(text: string): void {
    const last = this.#last(1) ?? ';';
    const beforeOperand =
      text === '(' ? this.#isCondition(last) : text === '{' && (!this.#beforeOperand || BEFORE_STATEMENT.has(last));
    this.#add('punctuator', text, true);
    this.#brackets.push({ opening: text, beforeOperand });
  }

  #isCondition(last: string): boolean {
    const before = this.#last(2);
    if (last === 'await') return before === 'for';
    return BEFORE_CONDITION.has(last) && before !== '.' && before !== '?.';
  }

  #close(text: string): void {
    const bracket = this.#brackets.pop();
    if (bracket?.opening === '`') this.#template();
    else this.#add('punctuator', text, bracket?.beforeOperand ?? false);
  }

  /** Advances from the start of a template, or from behind a value in it, to the next value or to its end. */
  #template(): void {
    let end = this.#at + 1;
    while (end < this.text.length && this.text[end] !== '`' && !this.text.startsWith('${', end))
      end += this.text[end] === '\\' ? 2 : 1;
    const value = this.text[end] === '$';
    this.#add('literal', this.text.slice(this.#at, end + (value ? 2 : 1)), value);
    if (value) this.#brackets.push({ opening: '`', beforeOperand: false });
  }

  #regularExpression(): void {
    let end = this.#at + 1;
    for (let inClass = false; end < this.text.length && (inClass || this.text[end] !== '/'); end++) {
      if (this.text[end] === '\\') end++;
      else if (this.text[end] === '[') inClass = true;
      else if (this.text[end] === ']') inClass = false;
    }
    FLAGS.lastIndex = end + 1;
    this.#literal(end + 1 + FLAGS.exec(this.text)![0].length);
  }

  /** Where a text that starts here ends. */
  #endOf(quote: string): number {
    let end = this.#at + 1;
    while (end < this.text.length && this.text[end] !== quote) end += this.text[end] === '\\' ? 2 : 1;
    return end + 1;
  }

  #add(kind: Token['kind'], text: string, beforeOperand: boolean): void {
    this.#tokens.push({ kind, text, newLine: this.#newLine, depth: this.#brackets.length });
    this.#at += text.length;
    this.#beforeOperand = beforeOperand;
  }

  #last(count: number): string | undefined {
    return this.#tokens.at(-count)?.text;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.text)?.[0];
  }
}
