const SHIFT_MS = 86_400_000;

/**
 * Calls a function with the machine's clock a day ahead, so that what depends on it shows. Only for work that returns
 * no promise.
 */
export function aDayLater<T>(work: () => T): T {
  const real = globalThis.Date;
  const later = (): number => real.now() + SHIFT_MS;
  globalThis.Date = new Proxy(real, {
    construct: (type, args, newTarget) =>
      Reflect.construct(type, args.length > 0 ? args : [later()], newTarget === globalThis.Date ? type : newTarget),
    apply: () => new real(later()).toString(),
    get: (type, property) => (property === 'now' ? later : Reflect.get(type, property)),
  });
  try {
    return work();
  } finally {
    globalThis.Date = real;
  }
}
