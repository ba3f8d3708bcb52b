/** All methods of an object, whatever class has them. */
export function bound<T extends object>(object: T): T {
  const names = Object.getOwnPropertyNames(Object.getPrototypeOf(object)).filter(name => name !== 'constructor');
  const methods = names
    .map(name => [name, (object as Record<string, unknown>)[name]] as const)
    .filter(([, each]) => typeof each === 'function');
  return Object.fromEntries(methods.map(([name, method]) => [name, (method as () => unknown).bind(object)])) as T;
}
