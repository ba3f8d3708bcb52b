// Applies decorators the way TypeScript's legacy decorators are compiled, so that plain JavaScript can use them.

export function decorateClass(type, ...decorators) {
  for (const decorator of decorators.reverse()) decorator(type);
}

export function decorateMethod(type, method, ...decorators) {
  const descriptor = Object.getOwnPropertyDescriptor(type.prototype, method);
  for (const decorator of decorators.reverse()) decorator(type.prototype, method, descriptor);
}

/** Says what TypeScript's `emitDecoratorMetadata` would say about a constructor. */
export function constructorTypes(type, ...types) {
  Reflect.defineMetadata('design:paramtypes', types, type);
}
