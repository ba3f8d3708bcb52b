import type { Token } from '../../decorators';
import { isClassType, parameterLabel } from '../../model';
import { unknownToken } from '../tokens/tokens';
import {
  chosenTokens,
  delayedClass,
  isDelayed,
  isDescriptor,
  prepare,
  type TokenDescriptor,
  typesOf,
} from './constructor-tokens';

type Class = new (...args: any[]) => unknown;

/**
 * Finds out, before anything is created, whether tsyringe can create a class, by the types and tokens of its
 * constructor's parameters.
 */
export class ConstructorChecks {
  readonly #seen = new Set<Class>();

  constructor(
    private readonly isRegistered: (token: Token) => boolean,
    /** Returns the class of a token, if it is one. */
    private readonly classOf: (token: Token) => Class | undefined,
  ) {}

  faultsOf(type: Class): string[] {
    if (this.#seen.has(type)) return [];
    this.#seen.add(type);
    prepare(type);
    const types = typesOf(type);
    const tokens = chosenTokens(type);
    const count = Math.max(type.length, types?.length ?? 0);
    return Array.from({ length: count }, (_, index) => {
      const parameter = `${type.name}: the ${parameterLabel(type, index)}`;
      return this.#faults(parameter, tokens[index], types?.[index], types !== undefined);
    }).flat();
  }

  #faults(parameter: string, chosen: Token | TokenDescriptor | undefined, type: unknown, typed: boolean): string[] {
    if (chosen !== undefined) {
      const { token, isOptional = false } = isDescriptor(chosen) ? chosen : { token: chosen };
      return isOptional ? [] : this.#tokenFaults(parameter, token);
    }
    if (!typed) {
      return [
        `${parameter} has no type information. Compile with emitDecoratorMetadata and mark the class with @injectable(); ` +
          'esbuild and tsx emit none: there write @inject(TheClass) before the parameter, or provide the class with a useFactory.',
      ];
    }
    if (!isClassType(type)) {
      const kind =
        typeof type === 'function'
          ? `${type.name}, an interface or a basic type`
          : 'undefined, as when two files import each other';
      return [
        `${parameter} is of the type ${kind}. Write @inject('a token') before it and provide the token in a module.`,
      ];
    }
    return this.#tokenFaults(parameter, type as Class);
  }

  #tokenFaults(parameter: string, asked: Token): string[] {
    const token = isDelayed(asked) ? delayedClass(asked) : asked;
    if (token === undefined)
      return [
        `${parameter} asks for delay(() => ...) whose function returns no class. Return the class: delay(() => TheClass).`,
      ];
    const type = this.classOf(token);
    if (type) return this.faultsOf(type);
    if (this.isRegistered(token)) return [];
    return typeof token === 'string' || typeof token === 'symbol'
      ? [unknownToken(`${parameter} ${asksFor(token)}`, token)]
      : [];
  }
}

const asksFor = (token: string | symbol): string =>
  typeof token === 'symbol' && /^(Repository|ReadModel)<.*>$/.test(token.description ?? '') ? 'is' : 'asks for';
