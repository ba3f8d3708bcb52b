import { MESSAGE, messageMetadata, messageName, setMetadata, UnnamedMessageError } from '../../src/messages';

class Placed {}

test('a message is named like its class', () => {
  expect(messageName(Placed)).toBe('Placed');
});

test('a message that was given a name has that one', () => {
  class Renamed {}
  setMetadata(Renamed, MESSAGE, { name: 'order.renamed', version: 2 });
  expect(messageName(Renamed)).toBe('order.renamed');
  expect(messageMetadata(Renamed)).toEqual({ name: 'order.renamed', version: 2 });
});

test('a subclass is a message of its own and does not inherit the name', () => {
  class Parent {}
  setMetadata(Parent, MESSAGE, { name: 'parent' });
  class Child extends Parent {}
  expect(messageName(Child)).toBe('Child');
  expect(messageMetadata(Child)).toBeUndefined();
});

test('a name left by a TC39 decorator is found', () => {
  class Standard {}
  const metadata = {};
  setMetadata(metadata, MESSAGE, { name: 'standard' });
  Object.defineProperty(Standard, (Symbol as { metadata?: symbol }).metadata!, { value: metadata });
  expect(messageName(Standard)).toBe('standard');
});

test('an anonymous class is refused', () => {
  expect(() => messageName(class {})).toThrow(UnnamedMessageError);
});

test.each([
  [null, 'null (null)'],
  [undefined, 'undefined (undefined)'],
  [7, '7 (number)'],
  [{ id: 1, text: 'x' }, 'An object with the keys [id, text]'],
])('the error says what was given instead of a message: %p', (value, said) => {
  expect(new UnnamedMessageError(value).message).toContain(said);
});
