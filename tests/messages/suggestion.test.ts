import { knownNames, nearest } from '../../src/messages/names/suggestion';

const NAMES = ['CreateTodo', 'CompleteTodo', 'RenameTodo'];

describe('nearest', () => {
  test.each([
    ['a letter too few', 'CreatTodo', 'CreateTodo'],
    ['two letters swapped', 'CompelteTodo', 'CompleteTodo'],
    ['the wrong case', 'renametodo', 'RenameTodo'],
  ])('finds the name meant in spite of %s', (_, asked, meant) => {
    expect(nearest(asked, NAMES)).toBe(meant);
  });

  test('finds nothing when more than a third of the letters differ', () => {
    expect(nearest('ShipOrder', NAMES)).toBeUndefined();
  });

  test('finds nothing among no names', () => {
    expect(nearest('CreateTodo', [])).toBeUndefined();
  });

  test('finds the first of several that are equally near', () => {
    expect(nearest('ab', ['ac', 'ad'])).toBe('ac');
  });
});

describe('knownNames', () => {
  test('says which name was probably meant, and all that are known in order', () => {
    expect(knownNames('CreateTood', NAMES)).toBe(
      "Did you mean 'CreateTodo'? Known: CompleteTodo, CreateTodo, RenameTodo.",
    );
  });

  test('says only which are known when none is near', () => {
    expect(knownNames('ShipOrder', new Set(['CreateTodo']))).toBe('Known: CreateTodo.');
  });

  test('says that none is known', () => {
    expect(knownNames('CreateTodo', [])).toBe('None is known.');
  });
});

describe('what is asked for from outside', () => {
  test('is not compared when it is longer than 64 characters', () => {
    const name = 'x'.repeat(64);
    expect(nearest(name, [name])).toBe(name);
    expect(nearest(`${name}x`, [name, `${name}x`])).toBeUndefined();
  });

  test('is compared with the first 1,000 known names only, none of them longer than 64 characters', () => {
    const known = Array.from({ length: 1000 }, (_, index) => `name${index}${'-'.repeat(30)}`);
    expect(nearest('CreateTodo', [...known.slice(1), 'CreateTodo'])).toBe('CreateTodo');
    expect(nearest('CreateTodo', [...known, 'CreateTodo'])).toBeUndefined();
    expect(nearest('x'.repeat(64), ['x'.repeat(65)])).toBeUndefined();
  });

  test('is answered with the first 30 names that are known', () => {
    const known = Array.from({ length: 32 }, (_, index) => `Name${String(index).padStart(2, '0')}`);
    expect(knownNames('Other', known)).toMatch(/^Known: Name00, .*, Name29 and 2 more\.$/);
  });
});
