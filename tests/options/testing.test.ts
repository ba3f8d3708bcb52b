import { defineProjection } from 'eventuality';
import { InvalidOptionsError } from 'eventuality/errors';
import {
  eventStoreContract,
  given,
  processStoreContract,
  projectionStoreContract,
  snapshotStoreContract,
  testFlow,
  VirtualClock,
} from 'eventuality/testing';
import { any, Door, DoorModule, memory, Open, Opened, type Row, refused, starting } from './refusals';

const TESTING: readonly Row[] = [
  [
    'a whole application',
    () => testFlow(DoorModule, any({ follow: false, clock: { now: () => 1 } })),
    'WIRING',
    ['clock is an object; it must be a VirtualClock.', starting("'follow' is not an option.")],
  ],
  [
    'ids of an application',
    () => testFlow(DoorModule, any({ ids: 'id-1', newId: () => 'a' })),
    'WIRING',
    ["ids is 'id-1'; it must be a list of ids, or a function that makes them.", starting("'newId' is not an option.")],
  ],
  [
    'an aggregate that is null',
    () => given(any(null), new Opened('ann')),
    'INVALID_AGGREGATE',
    ['it is null; give a class, or what defineAggregate returns.'],
  ],
  [
    'what a test decides',
    () => given(Door).when(new Open('a'), any({ now: '2020', id: ['a'] })),
    'INVALID_OPTIONS',
    ["now is '2020'; it must be a Date.", starting("'id' is not an option. Did you mean 'ids'?")],
  ],
  [
    'what a projection needs',
    () => given().project(defineProjection({ name: 'list', on: { Opened: () => undefined } }), any({ provider: [] })),
    'INVALID_OPTIONS',
    [starting("'provider' is not an option. Did you mean 'providers'?")],
  ],
  [
    'a contract of event stores',
    () => eventStoreContract(any({ open: memory, reopn: memory, commands: 'no' })),
    'INVALID_OPTIONS',
    ["commands is 'no'; it must be true or false.", starting("'reopn' is not an option. Did you mean 'reopen'?")],
  ],
  [
    'a contract of snapshot stores',
    () => snapshotStoreContract(any(undefined)),
    'INVALID_OPTIONS',
    ['the options are null; they must be an object.'],
  ],
  [
    'a contract of projection stores',
    () => projectionStoreContract(any({ opens: memory })),
    'INVALID_OPTIONS',
    ['open is undefined; it must be a function.', starting("'opens' is not an option. Did you mean 'open'?")],
  ],
  [
    'a contract of process stores',
    () => processStoreContract(any({ open: memory, clock: 7 })),
    'INVALID_OPTIONS',
    ['clock is 7; it must be a function.'],
  ],
];

refused('the testing kit', TESTING);

test('a clock is moved by numbers: text would be appended to the time', () => {
  const clock = new VirtualClock(0);
  expect(() => clock.advanceBy(any('1000'))).toThrow("milliseconds is '1000'; it must be milliseconds from 0.");
  expect(() => clock.advanceBy(Number.POSITIVE_INFINITY)).toThrow(InvalidOptionsError);
  expect(() => clock.setTo(any(null))).toThrow('time is null; it must be a Date');
  expect(clock.now()).toBe(0);
});
