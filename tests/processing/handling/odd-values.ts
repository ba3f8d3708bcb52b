const refuse = (): never => {
  throw new Error('this value refuses to be looked at');
};

/** What can be thrown, or rejected with, and is not what one expects: each is made when it is thrown. */
export const ODD_VALUES: readonly (readonly [what: string, make: () => unknown])[] = [
  ['undefined', () => undefined],
  ['null', () => null],
  ['false', () => false],
  ['zero', () => 0],
  ['not a number', () => Number.NaN],
  ['an empty text', () => ''],
  ['half of a surrogate pair and NUL', () => 'a\ud800\0b'],
  ['a symbol', () => Symbol('odd')],
  ['a BigInt', () => 7n],
  ['a function', () => () => 'odd'],
  ['a frozen error', () => Object.freeze(new Error('frozen'))],
  ['an object without a prototype', () => Object.create(null)],
  ['an object whose toString throws', () => ({ toString: refuse })],
  ['an object whose toString is no function', () => ({ toString: 1, valueOf: 1 })],
  ['an error whose message throws', () => Object.defineProperty(new Error('odd'), 'message', { get: refuse })],
  ['an error whose stack throws', () => Object.defineProperty(new Error('odd'), 'stack', { get: refuse })],
  ['an error whose stack is no text', () => Object.assign(new Error('odd'), { stack: 5 })],
  ['an error whose code throws', () => Object.defineProperty(new Error('odd'), 'code', { get: refuse })],
  ['an error without a message', () => new Error('')],
  ['an error that is its own cause', () => itsOwnCause()],
  [
    'a proxy whose every trap throws',
    () => new Proxy({}, { get: refuse, has: refuse, getPrototypeOf: refuse, ownKeys: refuse }),
  ],
  ['a revoked proxy', () => revoked()],
  ['a promise that rejects with nothing', () => Promise.reject()],
  ['an object whose then throws', () => Object.defineProperty({}, 'then', { get: refuse })],
  ['an error that says it is closed', () => Object.assign(new Error('odd'), { code: 'STORE_CLOSED' })],
];

function itsOwnCause(): Error {
  const error = new Error('odd');
  error.cause = error;
  return error;
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}
