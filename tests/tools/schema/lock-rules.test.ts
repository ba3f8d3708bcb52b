import { defineEvent, type EventualityConfig, eventCatalog } from 'eventuality';
import { as, upcaster } from 'eventuality/upcasting';
import { z } from 'zod';
import { lineOf } from '../../../src/tools/cli/findings';
import { EMPTY_LOCK, type LockFile, lockText, parsedLock } from '../../../src/tools/cli/schema/lock-file';
import { changeFindings, pastFindings } from '../../../src/tools/cli/schema/rules';
import { sampleFindings } from '../../../src/tools/cli/schema/sample-replays';
import { skeletons } from '../../../src/tools/cli/schema/skeletons';
import { eventsToday, nextLock, unlocked } from '../../../src/tools/cli/schema/today';

type Events = Pick<EventualityConfig, 'events' | 'upcasters' | 'samples'>;

/** What the rules look at: the code of today, and the lock file that comes of it. */
function code(config: Events, before: LockFile = EMPTY_LOCK) {
  const catalog = eventCatalog(config);
  const today = eventsToday(catalog, () => undefined);
  return { catalog, today, lock: nextLock(before, catalog, today) };
}

/** What is said about the code of today, where other code was locked. */
function said(before: LockFile, config: Events): string[] {
  const { catalog, today } = code(config, before);
  return [...changeFindings(before, catalog, today), ...sampleFindings(before, catalog)].map(lineOf);
}

const SCHEMA = z.object({ name: z.string() });
const v1 = defineEvent('customer.registered', { schema: SCHEMA });
const locked = code({ events: [v1], samples: [v1('1', { name: 'Ann' })] }).lock;

test('an event is locked with its version, its shape, a sample and its steps', () => {
  const toFull = (data: { name: string }) => ({ fullName: data.name });
  const v2 = defineEvent('customer.registered', {
    version: 2,
    upcast: { 1: toFull },
    schema: z.object({ fullName: z.string() }),
  });
  const next = code({ events: [v2] }, locked).lock;
  const shape = (name: string) => ({ type: 'object', properties: { [name]: { type: 'string' } }, required: [name] });
  const hash = expect.stringMatching(/^sha256-.{44}$/);
  expect(next).toEqual({
    lockVersion: 1,
    events: {
      'customer.registered': {
        current: 2,
        versions: {
          1: { shape: shape('name'), hash, from: 'schema', sample: { name: 'Ann' } },
          2: { shape: shape('fullName'), hash, from: 'schema' },
        },
        steps: ['1>2'],
        retired: false,
      },
    },
  });
  expect(parsedLock(lockText(next))).toEqual(next);
});

test('a change within a version names the event, the field, and what to do', () => {
  const changed = defineEvent('customer.registered', { schema: SCHEMA.extend({ locale: z.string() }) });
  expect(said(locked, { events: [changed] })).toEqual([
    'error: customer.registered, locale: is required now, and stored events do not have it. ' +
      'Raise its version to 2 and add upcast: { 1: data => ... }.',
    "error: customer.registered, locale: the sample of version 1 is not what the schema of 'customer.registered' accepts: " +
      'Invalid input: expected string, received undefined. Correct the steps that lead there.',
  ]);
});

test('an optional field passes, and is to be locked', () => {
  const more = {
    events: [defineEvent('customer.registered', { schema: SCHEMA.extend({ note: z.string().optional() }) })],
  };
  expect(said(locked, more)).toEqual([]);
  expect(unlocked(locked, code(more, locked).lock).map(lineOf)).toEqual([
    'error: customer.registered: is not locked as it is today. Run: eventuality schema lock.',
  ]);
});

test('a list of values that has grown is a warning', () => {
  const plans = (...values: string[]) => [defineEvent('plan.chosen', { schema: z.object({ plan: z.enum(values) }) })];
  const { lock } = code({ events: plans('free', 'paid') });
  expect(said(lock, { events: plans('free', 'paid', 'team') })).toEqual([
    'warning: plan.chosen, plan: was "free" | "paid", and is "free" | "paid" | "team": processes of older code do not know the new values. ' +
      'Deploy what reads them before what writes them.',
  ]);
});

test('a version needs a step, and may not be lowered', () => {
  const { lock } = code({ events: [defineEvent('a', { version: 2, upcast: { 1: data => data } })] });
  expect(said(lock, { events: [defineEvent('a')] })).toEqual([
    'error: a: has version 1, and version 2 is locked. Raise its version to 2 at least: such events may be stored.',
  ]);
  // The compiler refuses a missing step; JavaScript does not.
  const without = defineEvent('a', { version: 3, upcast: { 1: (data: object) => data } } as any);
  expect(said(lock, { events: [without] })).toEqual([
    'error: a: has version 3, and nothing leads on from version 2. Add upcast: { 2: data => ... } to it, or an upcaster from version 2.',
  ]);
});

test('an event that is gone needs an upcaster from each version, or a mark', () => {
  const other = defineEvent('customer.joined');
  const renamed = upcaster('customer.registered', { from: 1, to: other }, data => as(other, 1, data));
  expect(said(locked, { events: [other] })).toEqual([
    'error: customer.registered: is gone, and nothing reads it as it was stored in version 1. ' +
      'Add an upcaster that renames, splits or drops it, or set "retired": true in the lock file if none is stored.',
  ]);
  expect(said(locked, { events: [other], upcasters: [renamed] })).toEqual([]);
  const { lock } = code({ events: [other], upcasters: [renamed] }, locked);
  expect(lock.events['customer.registered']).toMatchObject({ retired: true, steps: ['1>customer.joined'] });
  const marked = { ...locked.events['customer.registered']!, retired: true };
  expect(said({ ...locked, events: { 'customer.registered': marked } }, { events: [other] })).toEqual([]);
});

test('a locked sample must still be readable', () => {
  const failing = { 1: ({ name }: { name: string }) => ({ name: name.split(' ')[1]!.trim() }) };
  expect(said(locked, { events: [defineEvent('customer.registered', { version: 2, upcast: failing })] })).toEqual([
    'error: customer.registered: the sample of version 1 cannot be read: ' +
      "The step from version 1 of the event 'customer.registered' has thrown an error: Cannot read properties of undefined (reading 'trim').",
  ]);
});

test('without a schema the shape is that of the samples; several show what is optional', () => {
  const event = defineEvent('note.taken');
  const { lock } = code({
    events: [event],
    samples: [event('1', { text: 'a' }), event('1', { text: 'a', tags: ['b'] })],
  });
  expect(lock.events['note.taken']!.versions[1]).toMatchObject({ from: 'sample', shape: { required: ['text'] } });
  expect(said(lock, { events: [event], samples: [event('1', { text: 1 })] })).toEqual([
    'error: note.taken, tags: is gone, and stored events have it. Raise its version to 2 and add upcast: { 1: data => ... }.',
    'error: note.taken, text: was string, and is number. Raise its version to 2 and add upcast: { 1: data => ... }.',
  ]);
  expect(said(lock, { events: [event] })).toEqual([
    'error: note.taken: the shape of version 1 is locked from a sample, which is gone. ' +
      'Give the sample again, or the next version a shape of its own.',
  ]);
  const described = defineEvent('note.taken', {
    schema: z.object({ text: z.string(), tags: z.array(z.string()).optional(), at: z.string().optional() }),
  });
  expect(said(lock, { events: [described] })).toEqual([]);
});

test('an event without a schema and without a sample, or whose schema has no JSON Schema, is said to be so', () => {
  const dated = defineEvent('dated', { schema: z.object({ at: z.date() }) });
  const { today, lock } = code({ events: [dated, defineEvent('plain')] });
  expect(today.notes.map(lineOf)).toEqual([
    'note: dated: its schema has no JSON Schema: Date cannot be represented in JSON Schema, and there is no sample: only its name, its versions and its steps are locked. ' +
      "Add an event of its kind to 'samples' of the config.",
    'note: plain: it has no schema, and there is no sample: only its name, its versions and its steps are locked. ' +
      "Add an event of its kind to 'samples' of the config.",
  ]);
  expect(lock.events.dated!.versions).toEqual({ 1: {} });
});

test('entries of an earlier lock file stay as they were', () => {
  const v2 = defineEvent('customer.registered', { version: 2, upcast: { 1: data => data }, schema: SCHEMA });
  const past = code({ events: [v2] }, locked).lock;
  const entry = past.events['customer.registered']!;
  const now = (change: object): LockFile => ({
    lockVersion: 1,
    events: { 'customer.registered': { ...entry, ...change } },
  });
  const other = code({ events: [defineEvent('customer.registered', { schema: z.object({ age: z.number() }) })] }).lock;
  const found = (lock: LockFile) => pastFindings(past, lock, 'main').map(({ event, message }) => `${event} ${message}`);
  expect(found(past)).toEqual([]);
  expect(found(EMPTY_LOCK)).toEqual(["customer.registered is not in the lock file, other than in 'main'"]);
  expect(found(now({ versions: { 2: entry.versions[2] } }))).toEqual([
    "customer.registered has no version 1, other than in 'main'",
  ]);
  expect(found(now({ versions: { ...entry.versions, 1: other.events['customer.registered']!.versions[1] } }))).toEqual([
    "customer.registered has another shape in version 1, other than in 'main'",
  ]);
  expect(found(now({ steps: [] }))).toEqual(["customer.registered has no step from version 1, other than in 'main'"]);
  const current = now({ versions: { ...entry.versions, 2: other.events['customer.registered']!.versions[1] } });
  expect(found(current)).toEqual([
    'customer.registered is gone, and stored events have it',
    'customer.registered is required now, and stored events do not have it',
  ]);
});

test('a lock file that was edited, or is none, is refused', () => {
  const text = lockText(locked);
  expect(() => parsedLock(text.replace('"string"', '"number"'))).toThrow(
    "the shape of version 1 of 'customer.registered' was edited: its hash is another one",
  );
  expect(() => parsedLock(text.replace('"lockVersion": 1', '"lockVersion": 2'))).toThrow('its lockVersion is 2');
  expect(() => parsedLock('[]')).toThrow('it has no events');
  expect(() => parsedLock('{"lockVersion":1,"events":{"a":{}}}')).toThrow("the entry of 'a' is not one of a lock file");
});

test('the code of what is missing is written', () => {
  const lock = { ...locked, events: { ...locked.events, gone: { ...locked.events['customer.registered']! } } };
  const changed = { events: [defineEvent('customer.registered', { schema: z.object({ name: z.number() }) })] };
  const { catalog, today } = code(changed, lock);
  expect(skeletons(changeFindings(lock, catalog, today), lock, catalog)).toBe(`// name: was string, and is number.
@Event('customer.registered', {
  version: 2,
  upcast: {
    1: data => ({ ...data }), // what version 2 has instead
  },
})

class Earlier {
  @Upcaster('gone', { from: 1, to: [] })
  from1() {
    return []; // drops it; or: return as(Other, 1, data)
  }
}`);
});
