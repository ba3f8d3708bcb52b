import { knownNames, nearest } from '../../src/messages/suggestion';

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
    expect(knownNames('CreateTood', NAMES)).toBe("Did you mean 'CreateTodo'? Known: CompleteTodo, CreateTodo, RenameTodo.");
  });

  test('says only which are known when none is near', () => {
    expect(knownNames('ShipOrder', new Set(['CreateTodo']))).toBe('Known: CreateTodo.');
  });

  test('says that none is known', () => {
    expect(knownNames('CreateTodo', [])).toBe('None is known.');
  });
});
