/** Returns an object that does some things otherwise. */
export const overridden = <T extends object>(object: T, own: Partial<T>): T =>
  new Proxy(object, {
    get(target, key) {
      if (key in own) return own[key as keyof T];
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
