import type { Print } from './log';
import { PlaceOrder } from './order';
import { Pay } from './payment';
import { ShopDay } from './shop-day';
import { AddStock } from './stock';

const HALF_AN_HOUR = 1800;

/**
 * Plays a day in the shop in some seconds, and prints commands, events and deadlines as they come.
 * @throws if the signal is aborted
 */
export async function story(print: Print, file: string, signal?: AbortSignal): Promise<void> {
  const day = await ShopDay.begin(file, print, signal);
  const place = (id: string, product: string, pieces: number, address: string): Promise<void> =>
    day.does(new PlaceOrder(id, product, pieces, address, HALF_AN_HOUR));
  try {
    await day.does(new AddStock('tea', 10));
    await day.does(new AddStock('coffee', 1));

    print('\nOrder o1 is paid and shipped.');
    await place('o1', 'tea', 2, 'Vienna');
    await day.until('09:05');
    await day.does(new Pay('o1'));

    print('\nOrder o2 is not paid in time; a payment that comes later is not taken.');
    await place('o2', 'tea', 1, 'Graz');
    await day.until('10:00');
    await day.does(new Pay('o2'));

    print('\nOrder o3 is paid, but there is not enough coffee: the payment is refunded.');
    await place('o3', 'coffee', 5, 'Linz');
    await day.does(new Pay('o3'));

    print('\nOrder o4 is paid, but cannot be delivered: the stock is released, then the payment is refunded.');
    await place('o4', 'tea', 3, 'Atlantis');
    await day.does(new Pay('o4'));

    print('\nThe day is reported at six, as each day.');
    await day.until('18:00');

    for (const order of ['o2', 'o4']) for (const line of ['', ...(await day.history(order))]) print(line);
  } finally {
    await day.end();
  }
}
