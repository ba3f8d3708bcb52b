import { nearest } from './nearest';

const known = ['add', 'complete', 'rename', 'list', 'history'];

test.each([
  ['ad', 'add'],
  ['lst', 'list'],
  ['compleet', 'complete'],
  ['renmae', 'rename'],
  ['xyz', undefined],
  ['a', undefined],
  ['', undefined],
  ['x'.repeat(5000), undefined],
])('the word nearest to %.10s is %s', (typed, meant) => {
  expect(nearest(typed, known)).toBe(meant);
});

test('nothing is near where nothing is known', () => {
  expect(nearest('add', [])).toBeUndefined();
});
