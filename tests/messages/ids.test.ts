import * as fc from 'fast-check';
import { derivedId, newId } from '../../src/messages';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-([78])[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('newId', () => {
  test('returns UUIDs of version 7 that carry the time', () => {
    const before = Date.now();
    const id = newId();
    expect(id.match(UUID)?.[1]).toBe('7');
    expect(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)).toBeGreaterThanOrEqual(before);
  });

  test('returns 200,000 ids that are different and ascend', () => {
    const ids = Array.from({ length: 200_000 }, () => newId());
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id, index) => index === 0 || id > ids[index - 1]!)).toBe(true);
  });

  test('returns ids that ascend when the clock stands still or is set back', () => {
    const now = Date.now();
    const ids = [now, now, now - 1, now - 86_400_000, 0, -1, Number.NaN, now, now + 1, now].map(time => newId(time));
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('returns UUIDs for a clock that tells fractions of milliseconds', () => {
    const now = Date.now();
    const ids = [0.1, 0.25, 0.5, 1.75].map(fraction => newId(now + fraction));
    for (const id of ids) expect(id).toMatch(UUID);
    expect([...ids].sort()).toEqual(ids);
  });

  test('leaves the last 12 bits to derivedId', () => {
    expect(newId().endsWith('000')).toBe(true);
  });
});

describe('derivedId', () => {
  test('returns the same id for the same two, and 5,000 different ones for the indices from 1', () => {
    for (const id of [newId(), 'order 1', '']) {
      const derived = Array.from({ length: 5000 }, (_, index) => derivedId(id, index + 1));
      expect(new Set([id, ...derived]).size).toBe(5001);
      expect(derived.every(each => UUID.test(each))).toBe(true);
      expect(Array.from({ length: 5000 }, (_, index) => derivedId(id, index + 1))).toEqual(derived);
    }
  });

  test('changes only the last 12 bits of an id made by newId, for indices to 4,095', () => {
    const id = newId();
    expect(derivedId(id, 1)).toBe(`${id.slice(0, 33)}001`);
    expect(derivedId(id, 4095)).toBe(`${id.slice(0, 33)}fff`);
    expect(derivedId(id, 4096).slice(0, 33)).not.toBe(id.slice(0, 33));
  });

  test('passes on the time of an id at the beginning, however often it is derived from', () => {
    const id = newId();
    const command = derivedId(`${id} fulfilment command`, 1);
    const [other, event] = [derivedId(`${id} fulfilment command`, 2), derivedId(command, 1)];
    for (const derived of [command, other, event]) expect(derived.slice(0, 13)).toBe(id.slice(0, 13));
    expect(new Set([command, other, event].map(derived => derived.slice(13))).size).toBe(3);
  });

  test('passes on nothing of other UUIDs, which have no time', () => {
    const id = 'f47ac10b-58cc-4372-a567-0e02b2c3d479';
    expect(derivedId(id, 1).slice(0, 13)).not.toBe(id.slice(0, 13));
  });

  test('returns a UUID for any text', () => {
    const unit = fc.nat(0xffff).map(code => String.fromCharCode(code));
    const text = fc.oneof(fc.string({ unit }), fc.uuid(), fc.string({ minLength: 36, maxLength: 36 }));
    fc.assert(fc.property(text, fc.integer({ min: 1, max: 9999 }), (id, index) => UUID.test(derivedId(id, index))));
  });

  test('returns a UUID in lower case for what only looks like an id of newId', () => {
    for (const id of [
      newId().toUpperCase(),
      `${'x'.repeat(14)}7${'y'.repeat(18)}000`,
      `${newId().slice(0, 19)}c${newId().slice(20)}`,
    ]) {
      expect(derivedId(id, 1)).toMatch(UUID);
    }
  });

  test('keeps ids apart whose text and index run together', () => {
    expect(derivedId('a1', 1)).not.toBe(derivedId('a', 11));
  });
});
