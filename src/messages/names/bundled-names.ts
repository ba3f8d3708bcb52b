import { EventualityError } from '../faults/errors';

/** Thrown when an event would be stored under a name that a bundler made, because the next build may make another. */
export class BundledNameError extends EventualityError {
  readonly code = 'BUNDLED_NAME';

  constructor(type: Function) {
    super(
      `The event class ${type.name} cannot be stored by its name: ${bundledName(type)}. ${stableNameAdvice('Event')}`,
    );
  }
}

/** Says what to do about the name of a message class. */
export const stableNameAdvice = (decorator: string): string =>
  `Give the class a durable name, @${decorator}('a name'), or let the bundler keep the names of classes, as esbuild does with keepNames.`;

/**
 * Says how a class's name is known to come from a bundler and not from its author; undefined if that is not known.
 *
 * A short name alone proves nothing (`class A {}`), so either it starts as no class's name does, or the text of the
 * class is minified.
 */
export function bundledName(type: Function): string | undefined {
  const { name } = type;
  if (/^_+[A-Z]/.test(name)) return 'a bundler put the underscore before it, because the class names itself';
  if (/\$\d+$/.test(name)) return 'a bundler put the number after it, because another class has its name';
  const short = /^[a-z_$][\w$]?$/.test(name) || (name.length <= 3 && isMinified(type));
  return short ? 'a minifier made it' : undefined;
}

/** Compilers and formatters leave a space before the brace, minifiers do not. */
const isMinified = (type: Function): boolean =>
  /^class(?:\s+[\w$]+)?(?:\s+extends\s+[^\s{]+)?\{/.test(Function.prototype.toString.call(type));
