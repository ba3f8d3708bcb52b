import type { Application } from 'eventuality';
import { PlaceOrder } from './order';
import { Pay } from './payment';
import { AddStock } from './stock';

export const ORDERS = 40;
/** Longer than it takes another process to go on with what a killed one had: 5 s. */
const SECONDS_TO_PAY = 8;

/** What each of five customers does: one pays too late, one wants more coffee than there is, one lives too far off. */
const KINDS = [
  { product: 'tea', address: 'Vienna', pays: true },
  { product: 'tea', address: 'Graz', pays: false },
  { product: 'tea', address: 'Linz', pays: true },
  { product: 'coffee', address: 'Salzburg', pays: true },
  { product: 'tea', address: 'Atlantis', pays: true },
];
const kindOf = (n: number): (typeof KINDS)[number] => KINDS[n % KINDS.length]!;

/** Places all orders, one after the other. */
export async function placeOrders(flow: Application): Promise<void> {
  await flow.dispatch(new AddStock('tea', 1000));
  await flow.dispatch(new AddStock('coffee', 3));
  for (let n = 0; n < ORDERS; n++) {
    const { product, address } = kindOf(n);
    await flow.dispatch(new PlaceOrder(`o${n}`, product, 1, address, SECONDS_TO_PAY));
  }
}

/** Pays for orders when that is asked for, until the signal is aborted. */
export async function pay(flow: Application, signal: AbortSignal): Promise<void> {
  for await (const page of flow.eventStore.subscribe({ names: ['PaymentRequested'], signal }))
    for (const { aggregateId } of page)
      if (kindOf(Number(aggregateId.slice(1))).pays) await flow.dispatch(new Pay(aggregateId));
}
