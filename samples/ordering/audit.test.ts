import type { RecordedEvent } from 'eventuality';
import { audit } from './audit';

const happened = (name: string, payload: object = {}): RecordedEvent =>
  ({ name, aggregateId: 'o1', payload }) as RecordedEvent;
const events = (...names: string[]): RecordedEvent[] => names.map(name => happened(name));

const SHIPPED = ['OrderPlaced', 'PaymentRequested', 'PaymentReceived', 'StockReserved', 'ParcelShipped'];

test('counts the ends of orders', () => {
  expect(audit(events(...SHIPPED, 'OrderCompleted'))).toEqual({ ends: new Map([['shipped', 1]]), faults: [] });
  const cancelled = [...events('OrderPlaced', 'PaymentRequested'), happened('OrderCancelled', { reason: 'too late' })];
  expect(audit(cancelled)).toEqual({ ends: new Map([['too late', 1]]), faults: [] });
});

test.each([
  ['o1 ended 0 times', SHIPPED],
  ['o1 ended 2 times', [...SHIPPED, 'OrderCompleted', 'OrderCancelled']],
  ['o1 has StockReserved 2 times instead of 1', [...SHIPPED, 'StockReserved', 'OrderCompleted']],
  ['o1 has ParcelShipped 1 times instead of 0', [...SHIPPED, 'StockReleased', 'PaymentRefunded', 'OrderCancelled']],
  [
    'o1 has PaymentRefunded 0 times instead of 1',
    ['OrderPlaced', 'PaymentRequested', 'PaymentReceived', 'OrderCancelled'],
  ],
])('finds what was done twice or not at all: %s', (fault, names) => {
  expect(audit(events(...names)).faults).toEqual([fault]);
});
