import type { RecordedEvent } from 'eventuality';

/** What became of the orders, and what is wrong with it. */
export interface Audit {
  /** How many orders ended, by how they ended. */
  readonly ends: ReadonlyMap<string, number>;
  readonly faults: readonly string[];
}

/** Counts what happened to each order: whatever was done twice, or left undone, is found. */
export function audit(events: readonly RecordedEvent<any>[]): Audit {
  const byOrder = new Map<string, RecordedEvent<any>[]>();
  for (const event of events) {
    if (event.name === 'StockAdded') continue;
    const order = String(event.payload.orderId ?? event.aggregateId);
    byOrder.set(order, [...(byOrder.get(order) ?? []), event]);
  }
  const ends = new Map<string, number>();
  const faults: string[] = [];
  for (const [order, own] of byOrder) {
    for (const { name, payload } of own) {
      const end =
        name === 'OrderCompleted' ? 'shipped' : name === 'OrderCancelled' ? String(payload.reason) : undefined;
      if (end !== undefined) ends.set(end, (ends.get(end) ?? 0) + 1);
    }
    const fault = faultOf(name => own.filter(event => event.name === name).length);
    if (fault !== undefined) faults.push(`${order} ${fault}`);
  }
  return { ends, faults };
}

function faultOf(count: (event: string) => number): string | undefined {
  const [completed, cancelled] = [count('OrderCompleted'), count('OrderCancelled')];
  if (completed + cancelled !== 1) return `ended ${completed + cancelled} times`;
  const expected: Readonly<Record<string, number>> = {
    PaymentRequested: 1,
    StockReserved: Math.min(1, count('StockReserved')),
    ParcelShipped: completed,
    StockReleased: cancelled * count('StockReserved'),
    PaymentRefunded: cancelled * count('PaymentReceived'),
  };
  const wrong = Object.keys(expected).find(name => count(name) !== expected[name]);
  return wrong && `has ${wrong} ${count(wrong)} times instead of ${expected[wrong]}`;
}
