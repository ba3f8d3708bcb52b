import type { Flow } from 'eventuality';
import { PlaceOrder, RegisterCustomer } from './shop';

/** What one process of the shop is asked for, all of it at once. */
export interface Shopping {
  /** The numbers of the orders, each for one lamp; the same number again is the same command again, with its id. */
  readonly orders: readonly number[];
  /** A customer who registers with an e-mail that others want, too. */
  readonly customer: string;
}

/** What the caller of one command was told. */
export interface Told {
  readonly command: string;
  /** The ids of the events. */
  readonly events?: readonly string[];
  /** The code of the error, or its name where it has none. */
  readonly error?: string;
}

/** Dispatches all of it at once, each command with an id. */
export const shop = (flow: Flow, { orders, customer }: Shopping): Promise<Told[]> =>
  Promise.all([
    ...orders.map(number => told(flow, `order ${number}`, new PlaceOrder(`order ${number}`, 'ann', 'lamp', 1))),
    told(flow, `register ${customer}`, new RegisterCustomer(customer, 'bob@example.org')),
  ]);

async function told(flow: Flow, commandId: string, command: object): Promise<Told> {
  try {
    const { events } = await flow.dispatch(command, { commandId });
    return { command: commandId, events: events.map(({ id }) => id) };
  } catch (error) {
    const { code, name } = error as { code?: string; name: string };
    return { command: commandId, error: code ?? name };
  }
}
