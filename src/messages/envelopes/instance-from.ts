/**
 * Returns an instance of a message's class with the fields of its data, without calling the constructor. Every field
 * becomes the instance's own, whatever its prototype has under that name.
 */
export function instanceFrom(type: Function, data: object): any {
  const instance = Object.create(type.prototype);
  for (const [key, value] of Object.entries(data))
    if (key in instance)
      Object.defineProperty(instance, key, { value, enumerable: true, configurable: true, writable: true });
    else instance[key] = value;
  return instance;
}
