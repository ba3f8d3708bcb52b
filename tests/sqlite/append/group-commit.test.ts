import { setTimeout as pause } from 'node:timers/promises';
import { newId } from '../../../src/messages';
import { DuplicateEventError, PayloadTooLargeError } from '../../../src/store';
import { happened } from '../../support/events';
import { testFiles } from '../../support/stores/files';
import { everything } from '../../support/stores/whole-stores';
import { until } from '../../support/waiting';
import { RecordingDriver } from '../connection/recording-driver';
import { to } from '../events';

const files = testFiles();
const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

/** What SQLite throws when a row breaks a rule of its table. */
const constraint = (): Error =>
  Object.assign(new Error('CHECK constraint failed'), { code: 'SQLITE_CONSTRAINT_CHECK' });

test('appends of one turn of the event loop share a transaction', async () => {
  const driver = new RecordingDriver();
  const store = files.store(files.path(), { driver });
  await Promise.all(range(64).map(n => store.append(to(`${n}`))));
  expect(driver.count('commit')).toBe(1);
  await store.append(to('1'));
  expect(driver.count('commit')).toBe(2);
  expect(await everything(store)).toHaveLength(65);
});

test('a transaction takes 1,000 events at most, but an append is never torn', async () => {
  const driver = new RecordingDriver();
  const store = files.store(files.path(), { driver });
  const sizes = [600, 300, 200, 1500, 1];
  await Promise.all(
    sizes.map((size, index) => store.append(to(`${index}`, 'none', ...range(size).map(n => happened({ n }))))),
  );
  expect(driver.count('commit')).toBe(4);
  expect((await everything(store)).map(({ aggregateId }) => aggregateId)).toEqual(
    sizes.flatMap((size, i) => range(size).map(() => `${i}`)),
  );
});

test('each append of a transaction has an outcome of its own', async () => {
  const driver = new RecordingDriver();
  const store = files.store(files.path(), { driver, maxPayloadBytes: 1000 });
  const known = newId();
  await store.append(to('known', 'none', happened({}, { id: known })));
  const outcomes = await Promise.allSettled([
    store.append(to('1', 'none')),
    store.append(to('1', 'none')),
    store.append(to('1', 1)),
    store.append(to('2', 'any', happened({}, { id: known }))),
    store.append(to('known', 'none', happened({}, { id: known }))),
    store.append(to('2', 'any', happened({ text: 'x'.repeat(1000) }))),
    store.append(to('2', 5)),
    store.append(to('2', 'none')),
  ]);
  const told = outcomes.map(each => (each.status === 'rejected' ? each.reason.code : each.value.ok));
  expect(told).toEqual([true, false, true, 'DUPLICATE_EVENT', true, 'PAYLOAD_TOO_LARGE', false, true]);
  expect(outcomes[3]).toMatchObject({ reason: expect.any(DuplicateEventError) });
  expect(outcomes[5]).toMatchObject({ reason: expect.any(PayloadTooLargeError) });
  expect((await everything(store)).map(({ aggregateId, version }) => `${aggregateId} ${version}`)).toEqual([
    'known 1',
    '1 1',
    '1 2',
    '2 1',
  ]);
});

test('an append that SQLite refuses does not make its neighbours fail', async () => {
  const driver = new RecordingDriver((_, values) => {
    if (values.includes('{"poison":true}')) throw constraint();
  });
  const store = files.store(files.path(), { driver });
  const outcomes = await Promise.allSettled([
    store.append(to('1')),
    store.append(to('2', 'any', happened({ poison: true }))),
    store.append(to('3')),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(outcomes[1]).toMatchObject({ reason: { code: 'SQLITE_FAILURE', resultCode: 'SQLITE_CONSTRAINT' } });
  expect((await everything(store)).map(({ aggregateId }) => aggregateId)).toEqual(['1', '3']);
});

test('a transaction that fails at its end has written nothing and answers each append with the failure', async () => {
  let full = false;
  const driver = new RecordingDriver(sql => {
    if (full && sql === 'commit') throw Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
  });
  const store = files.store(files.path(), { driver });
  await store.append(to('1', 'none'));
  full = true;
  const outcomes = await Promise.allSettled([
    store.append(to('1', 1)),
    store.append(to('1', 7)),
    store.append(to('2')),
  ]);
  expect(outcomes.map(each => each.status === 'rejected' && each.reason.code)).toEqual(Array(3).fill('SQLITE_FAILURE'));
  full = false;
  expect(await everything(store)).toHaveLength(1);
  expect(await store.append(to('1', 1))).toMatchObject({ ok: true });
});

test('the same event, appended twice in one turn, is written once', async () => {
  const store = files.store();
  const append = to('1', 'none', happened({}, { id: newId() }));
  const [first, second] = await Promise.all([store.append(append), store.append(append)]);
  expect(second).toEqual(first);
  expect(await everything(store)).toHaveLength(1);
});

test('the outcome holds the sealed payload itself, with the prototype of its class', async () => {
  class Placed {
    constructor(readonly total: number) {}
  }
  const store = files.store();
  const outcome = await store.append(to('1', 'any', happened(new Placed(3))));
  expect(outcome.ok && outcome.events[0]!.payload).toBeInstanceOf(Placed);
  expect((await everything(store))[0]!.payload).toEqual({ total: 3 });
});

test('subscribers are woken by own appends at once, and only they make the store look for those of others', async () => {
  const driver = new RecordingDriver();
  const store = files.store(files.path(), { driver, pollEvery: 2 });
  await pause(20);
  expect(driver.count('pragma data_version')).toBe(0);
  const pages = store.subscribe()[Symbol.asyncIterator]();
  const next = pages.next();
  await until(() => driver.count('pragma data_version') > 2, 'it looks for those of others');
  await store.append(to('1'));
  expect((await next).value).toHaveLength(1);
  await pages.return!();
  const looked = driver.count('pragma data_version');
  await pause(20);
  expect(driver.count('pragma data_version')).toBe(looked);
});

test('a subscriber need not poll for what its own store appends', async () => {
  const store = files.store(files.path(), { pollEvery: 60_000 });
  const pages = store.subscribe()[Symbol.asyncIterator]();
  const next = pages.next();
  await pause(20);
  await store.append(to('1'));
  expect((await next).value).toHaveLength(1);
});
