import { EventualityError, listed, sealPayload, UnnamedMessageError, UnstorableValueError } from '../../src/messages';
import { ConcurrencyError, InMemoryEventStore, InvalidAppendError, StoreClosedError } from '../../src/store';

const firstFrame = (error: unknown): string => /\n\s+at [^\n]*/.exec((error as Error).stack ?? '')?.[0] ?? '';

function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

test('an error of the framework is recognised, whatever its class', () => {
  expect(EventualityError.is(new StoreClosedError())).toBe(true);
  expect(EventualityError.is(new UnnamedMessageError('x'))).toBe(true);
});

test('an error of another copy of the package is recognised by its brand', () => {
  const foreign = Object.defineProperty(new Error('x'), Symbol.for('eventuality:error'), { value: true });
  expect(EventualityError.is(foreign)).toBe(true);
});

test.each([undefined, null, 'STORE_CLOSED', 5, {}, new Error('x'), { code: 'STORE_CLOSED' }])(
  '%p is not taken for an error of the framework',
  value => {
    expect(EventualityError.is(value)).toBe(false);
  },
);

test('an error has its code, its class as name, and shows no brand', () => {
  const error = new UnstorableValueError('Placed.when', 'a date');
  expect(error).toMatchObject({ code: 'UNSTORABLE_VALUE', name: 'UnstorableValueError', path: 'Placed.when' });
  expect(error).toBeInstanceOf(Error);
  expect(Object.keys(error).sort()).toEqual(['code', 'fromOutside', 'name', 'path']);
});

test('a conflict that became an error tells the expected and the actual version', () => {
  const error = new ConcurrencyError([{ stream: { aggregateName: 'Todo', aggregateId: '1' }, expected: 2, actual: 3 }]);
  expect(error).toMatchObject({ code: 'CONCURRENCY', expected: 2, actual: 3 });
  expect(error.message).toContain("Todo '1' is at version 3, expected was 2.");
});

test('the stack starts in the code of the caller', () => {
  expect(firstFrame(thrownBy(() => sealPayload({ a: { b: [1n] } }, 'E')))).toContain('errors.test.ts');
});

test('the stack of a rejection starts in the code of the caller', async () => {
  const store = new InMemoryEventStore();
  await store.close();
  expect(firstFrame(await store.readAll().catch((error: unknown) => error))).toContain('errors.test.ts');
});

test('a stack without a frame of the caller keeps the frames it has', () => {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 1;
  try {
    expect(firstFrame(thrownBy(() => sealPayload({ a: 1n }, 'E')))).toMatch(/src.messages/);
  } finally {
    Error.stackTraceLimit = limit;
  }
});

test('the stack begins with the name and the message', () => {
  const error = new StoreClosedError();
  expect(error.stack?.startsWith(`StoreClosedError: ${error.message}\n`)).toBe(true);
});

test('faults are numbered when there are several', () => {
  expect(listed(['One.'])).toBe('One.');
  expect(listed(['One.', 'Two.'])).toBe('\n  1. One.\n  2. Two.');
});

test('a message is cut and escaped, whatever was put into it, and keeps its line breaks', () => {
  const error = new InvalidAppendError(['One\u001b[2J.', 'x'.repeat(1_000_000)]);
  expect(error.message).toMatch(/^The append was refused: \n {2}1\. One\\u001b\[2J\.\n {2}2\. x+…$/);
  expect(error.message.length).toBeLessThan(20_100);
  expect(error.stack!.length).toBeLessThan(25_000);
});
