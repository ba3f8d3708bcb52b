import type { Token } from '../decorators';
import { isClassType, parameterLabel } from '../model';

type Class = new (...args: any[]) => unknown;

interface TokenDescriptor {
  readonly token: Token;
  readonly isOptional?: boolean;
}

/** Finds out, before anything is made, whether tsyringe can make a class: by the types and tokens of its constructor's parameters. */
export class ConstructorChecks {
  readonly #seen = new Set<Class>();

  constructor(
    private readonly isRegistered: (token: Token) => boolean,
    private readonly prepare: (type: Class) => void,
  ) {}

  faultsOf(type: Class): string[] {
    if (this.#seen.has(type)) return [];
    this.#seen.add(type);
    const types = metadata<unknown[]>('design:paramtypes', type);
    const tokens = metadata<Record<number, Token | TokenDescriptor>>('injectionTokens', type) ?? {};
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
          'esbuild and tsx leave none: there write @inject(TheClass) before the parameter, or provide the class with a useFactory.',
      ];
    }
    if (!isClassType(type)) {
      const kind =
        typeof type === 'function' ? `${type.name}, an interface or a basic type` : 'undefined, as when two files import each other';
      return [`${parameter} is of the type ${kind}. Write @inject('a token') before it and provide the token in a module.`];
    }
    return this.#tokenFaults(parameter, type as Class);
  }

  #tokenFaults(parameter: string, token: Token): string[] {
    if (this.isRegistered(token)) return [];
    if (typeof token === 'function') {
      this.prepare(token as Class);
      return this.faultsOf(token as Class);
    }
    if (typeof token === 'object') return [];
    const repository = typeof token === 'symbol' ? /^Repository<(.*)>$/.exec(token.description ?? '') : null;
    if (repository)
      return [`${parameter} is the repository of ${repository[1]}, which is no component of any module. Add it to the components.`];
    const readModel = typeof token === 'symbol' ? /^ReadModel<(.*)>$/.exec(token.description ?? '') : null;
    if (readModel)
      return [
        `${parameter} is the read model of ${readModel[1]}, which is no projection of any module. Write @Projection above the class, and add ` +
          'it to the components.',
      ];
    return [
      `${parameter} asks for ${String(token)}, which nobody provides. Add { provide: ${typeof token === 'string' ? `'${token}'` : String(token)}, ... } to a module's providers.`,
    ];
  }
}

const isDescriptor = (token: Token | TokenDescriptor): token is TokenDescriptor =>
  typeof token === 'object' && token !== null && 'token' in token;

function metadata<T>(key: string, type: Class): T | undefined {
  return (Reflect as unknown as { getMetadata(key: string, target: object): T | undefined }).getMetadata(key, type);
}
