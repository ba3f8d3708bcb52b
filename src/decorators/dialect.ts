import { appendMetadata, type ClassReference } from '../messages';
import type { CommandHandlerOptions, HandlerMetadata } from '../model';

/** Tells the TC39 form of a decorator's second argument from the legacy form, where it is the member's name. */
const isStandard = (second: unknown): second is ClassMethodDecoratorContext =>
  typeof second === 'object' && second !== null && 'kind' in second;

/**
 * Creates a method decorator for both dialects that only records which method handles which message. Without a message
 * class it takes the type of the first parameter, if the compiler emitted it (`emitDecoratorMetadata`).
 */
export function handlerDecorator(
  kind: symbol,
  type: ClassReference | undefined,
  inferred: boolean,
  options: CommandHandlerOptions = {},
) {
  return (target: any, second: string | symbol | ClassMethodDecoratorContext): void => {
    const entry = (
      handled: ClassReference | undefined,
      method: string | symbol,
      isStatic: boolean,
    ): HandlerMetadata => ({
      method,
      type: handled,
      isStatic,
      options,
    });
    if (isStandard(second)) {
      appendMetadata(second.metadata, kind, entry(type, second.name, second.static));
      return;
    }
    const isStatic = typeof target === 'function';
    const holder = isStatic ? target : target.constructor;
    appendMetadata(holder, kind, entry(inferred ? parameterType(target, second) : type, second, isStatic));
  };
}

function parameterType(target: object, method: string | symbol): ClassReference | undefined {
  const read = (
    Reflect as { getMetadata?: (key: string, target: object, property: string | symbol) => unknown[] | undefined }
  ).getMetadata;
  const type = read?.('design:paramtypes', target, method)?.[0];
  return typeof type === 'function' && type !== Object && type !== Function ? (type as ClassReference) : undefined;
}
