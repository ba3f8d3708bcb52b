import {
  type CurrentEvent,
  type EventCodec,
  EventType,
  eventTypeOf,
  MESSAGE,
  setMetadata,
  UnstorableValueError,
} from '../../src/messages';

class Placed {
  constructor(
    readonly total: number,
    readonly lines: readonly string[] = [],
  ) {}
}

class Scheduled {
  constructor(readonly at: Date) {}
}

const codec: EventCodec<Scheduled> = {
  encode: ({ at }) => ({ at: at.toISOString() }),
  decode: ({ at }: { at: string }) => new Scheduled(new Date(at)),
};
setMetadata(Scheduled, MESSAGE, { name: 'order.scheduled', version: 3, codec });

/** What a reader of stored events passes on. */
const current = (event: { schemaVersion: number; payload: object }) => event as CurrentEvent;

test('the type of a class is the same object each time', () => {
  expect(eventTypeOf(Placed)).toBe(eventTypeOf(Placed));
  expect(eventTypeOf(Placed)).not.toBe(eventTypeOf(Scheduled));
});

test('an event is sealed under the name of its class, in version 1', () => {
  const sealed = eventTypeOf(Placed).seal(new Placed(3, ['a']));
  expect(sealed).toEqual({ name: 'Placed', schemaVersion: 1, payload: new Placed(3, ['a']) });
  expect(Object.isFrozen(sealed.payload)).toBe(true);
});

test('an event is sealed under the name and the version that it was given, by its codec', () => {
  const sealed = eventTypeOf(Scheduled).seal(new Scheduled(new Date(0)));
  expect(sealed).toEqual({ name: 'order.scheduled', schemaVersion: 3, payload: { at: '1970-01-01T00:00:00.000Z' } });
});

test('an event with a codec survives JSON', () => {
  const type = eventTypeOf(Scheduled);
  const stored = JSON.parse(JSON.stringify(type.seal(new Scheduled(new Date(5))).payload));
  expect(type.revive(current({ schemaVersion: 3, payload: stored }))).toEqual(new Scheduled(new Date(5)));
});

test('a stored payload becomes a frozen instance of the event class, without calling its constructor', () => {
  class Counted {
    static made = 0;
    readonly n: number;
    constructor(n: number) {
      Counted.made++;
      this.n = n;
    }
  }
  const revived = new EventType(Counted).revive(current({ schemaVersion: 1, payload: { n: 4 } }));
  expect(revived).toBeInstanceOf(Counted);
  expect(revived).toMatchObject({ n: 4 });
  expect(Object.isFrozen(revived)).toBe(true);
  expect(Counted.made).toBe(0);
});

test('a payload that is an instance already is returned as it is', () => {
  const sealed = eventTypeOf(Placed).seal(new Placed(1));
  expect(eventTypeOf(Placed).revive(current(sealed))).toBe(sealed.payload);
});

test('a field that cannot be stored is named with the name of the event', () => {
  expect(() => new EventType(Placed).seal(new Placed(Number.NaN))).toThrow(UnstorableValueError);
  expect(() => new EventType(Placed).seal(new Placed(Number.NaN))).toThrow(/^Placed\.total /);
});
