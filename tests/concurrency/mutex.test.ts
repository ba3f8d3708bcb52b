import { setImmediate } from 'node:timers/promises';
import { Mutex } from '../../src/concurrency';

let mutex: Mutex;
let log: string[];
beforeEach(() => {
  mutex = new Mutex();
  log = [];
});

const work = (name: string) => async (): Promise<string> => {
  log.push(`${name} begins`);
  await setImmediate();
  log.push(`${name} ends`);
  return name;
};

test('runs work one piece at a time, in the order in which it was asked for', async () => {
  expect(await Promise.all(['a', 'b', 'c'].map(name => mutex.take(work(name))))).toEqual(['a', 'b', 'c']);
  expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
});

test('begins immediately when nothing runs', async () => {
  const begun = [mutex.take(work('a')), new Mutex().pass(() => log.push('b'))];
  expect(log).toEqual(['a begins', 'b']);
  await Promise.all(begun);
});

test('passes work only when nothing runs; otherwise it waits for its turn', async () => {
  const passed = [mutex.take(work('a')), mutex.pass(() => log.push('b'))];
  expect(log).toEqual(['a begins']);
  await Promise.all(passed);
  expect(log).toEqual(['a begins', 'a ends', 'b']);
});

test('goes on after work that fails, which rejects for its caller only', async () => {
  const failing = mutex.take(() => Promise.reject(new Error('failed')));
  const next = mutex.take(work('b'));
  await expect(failing).rejects.toThrow('failed');
  expect(await next).toBe('b');
  await expect(mutex.take(() => JSON.parse('{'))).rejects.toThrow(SyntaxError);
  expect(await mutex.take(work('c'))).toBe('c');
});

test('is over when nothing runs or waits, whatever was added meanwhile', async () => {
  void mutex.take(async () => {
    await work('a')();
    void mutex.take(work('b'));
  });
  expect(mutex.taken).toBe(true);
  await mutex.over();
  expect(mutex.taken).toBe(false);
  expect(log.at(-1)).toBe('b ends');
});
