/** A private name where it is used; in a template, `#${...}` is none. */
const PRIVATE_NAME = /\.\s*#(?!\$\{)([\p{ID_Start}$_][\p{ID_Continue}$]*)/gu;
/** A private method, getter or setter where it is declared: its name, not behind a dot, and a parenthesis. */
const PRIVATE_METHOD = /(?<!\.\s*)#([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*\(/gu;
const PRIVATE_STATIC = /\bstatic\s+(?:accessor\s+)?#([\p{ID_Start}$_][\p{ID_Continue}$]*)/gu;
/** What compilers make of private fields for older targets: TypeScript (and state in a WeakMap by hand); esbuild; swc and babel. */
const COMPILED = [/\.set\(\s*this\s*,/, /__privateAdd\(this, (?!\w*_instances\b)/, /_class_private_field_init|_classPrivateFieldInitSpec/];

/**
 * Returns the names of the private `#fields` that a class and its parents use, as far as their text shows; what a compiler replaced is
 * called `#private`. Nothing can read such fields from outside. Private methods and static fields are no state of an instance.
 * @param until the parent at which to stop
 */
export function hiddenFields(type: Function, until: unknown): string[] {
  const found = new Set<string>();
  for (let level: unknown = type; typeof level === 'function' && level !== until; level = Object.getPrototypeOf(level)) {
    const text = Function.prototype.toString.call(level);
    for (const name of privateFields(text)) found.add(name);
    if (COMPILED.some(pattern => pattern.test(text))) found.add('#private');
  }
  return [...found];
}

function privateFields(text: string): string[] {
  const names = (pattern: RegExp): Set<string> => new Set([...text.matchAll(pattern)].map(([, name]) => name!));
  const [methods, statics] = [names(PRIVATE_METHOD), names(PRIVATE_STATIC)];
  return [...names(PRIVATE_NAME)].filter(name => !methods.has(name) && !statics.has(name)).map(name => `#${name}`);
}
