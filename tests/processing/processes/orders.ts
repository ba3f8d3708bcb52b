import {
  defineAggregate,
  Event,
  type EventStore,
  type FailureContext,
  Flow,
  type FlowParts,
  InMemoryEventStore,
  type OnError,
} from 'eventuality';
import {
  cancel,
  deadline,
  defineProcess,
  end,
  type ProcessInstance,
  type ProcessSpecification,
  send,
} from 'eventuality/processes';
import { VirtualClock } from '../../../src/testing';
import { SILENT } from '../../support/logger';

interface OrderState {
  readonly status: string;
}

/** An aggregate whose commands lead to one event each, unless they are refused: the id of the order is that of all. */
const follows = (name: string, commands: Readonly<Record<string, string>>) =>
  defineAggregate({
    name,
    state: { status: '' } as OrderState,
    commands: Object.fromEntries(
      Object.entries(commands).map(([command, event]) => [
        command,
        {
          creates: 'if-missing' as const,
          decide: (_: OrderState, { id, fails, refused, ...rest }: any) => {
            if (fails) throw new Error(fails);
            return refused ? [] : [Event({ aggregateId: id, name: event, payload: { orderId: id, ...rest } })];
          },
        },
      ]),
    ),
    on: Object.fromEntries(Object.values(commands).map(event => [event, () => ({ status: event })])),
  });

const Order = follows('Order', { Place: 'OrderPlaced', Cancel: 'OrderCancelled', Note: 'OrderNoted' });
const Payment = follows('Payment', { RequestPayment: 'PaymentRequested', Pay: 'Paid', Refund: 'Refunded' });
const Shipment = follows('Shipment', { Ship: 'Shipped' });

/** What a fulfilment knows of its order. */
export interface FulfilmentState {
  paid: boolean;
  steps: string[];
}

export type Fulfilment = ProcessSpecification<FulfilmentState, 'payment'>;

/** Asks for the payment of an order, waits for it for 30 minutes, and ships; the shipment ends it. */
export const fulfilment = (options: Partial<Fulfilment> = {}) =>
  defineProcess<FulfilmentState, 'payment'>({
    name: 'fulfilment',
    correlate: ({ payload }) => payload.orderId,
    state: { paid: false, steps: [] },
    starts: {
      OrderPlaced: (state, { orderId, ...rest }) => {
        state.steps.push('placed');
        return [
          send({ name: 'RequestPayment', message: { id: orderId, ...rest } }, { undo: command('Refund', orderId) }),
          deadline('payment', { in: '30m' }),
        ];
      },
    },
    on: {
      Paid: (state, { orderId, ...rest }) => {
        state.paid = true;
        state.steps.push('paid');
        return [cancel('payment'), send({ name: 'Ship', message: { id: orderId, ...rest } })];
      },
    },
    deadlines: {
      payment: (state, _, { instance }) => {
        state.steps.push('late');
        return [send(command('Cancel', instance)), end()];
      },
    },
    rejected: {
      Ship: (state, { id }, { error, undo }) => {
        state.steps.push(`unshippable: ${error?.message ?? 'refused'}`);
        return [...undo(), send(command('Cancel', id)), end()];
      },
    },
    ends: ['Shipped'],
    ...options,
  });

export const command = (name: string, id: string, more: object = {}) => ({ name, message: { id, ...more } });

/** A flow with these aggregates and processes. */
export const orders = (eventStore: EventStore, parts: Partial<FlowParts> = {}) =>
  new Flow({
    eventStore,
    aggregates: [Order, Payment, Shipment],
    processors: [fulfilment()],
    logger: SILENT,
    ...parts,
  });

/** An application in memory, whose clock the test controls. */
export class Scene {
  readonly clock = new VirtualClock();
  readonly eventStore = new InMemoryEventStore({ clock: this.clock });
  readonly failures: { readonly error: unknown; readonly context: FailureContext }[] = [];
  flow: Flow;

  constructor(private readonly parts: Partial<FlowParts> = {}) {
    this.flow = this.#begin(parts);
  }

  /** Goes on in another process, with other code if it is given. */
  async restart(parts: Partial<FlowParts> = this.parts): Promise<void> {
    await this.flow.processors.close();
    this.flow = this.#begin(parts);
    await this.settle();
  }

  #begin(parts: Partial<FlowParts>): Flow {
    const onError: OnError = (error, context) => this.failures.push({ error, context });
    return orders(this.eventStore, { clock: this.clock, onError, ...parts });
  }

  /** Returns an instance of the process as it stands. */
  instance(id: string): Promise<ProcessInstance<FulfilmentState> | undefined> {
    return this.flow.processManagers.of<FulfilmentState>(fulfilment()).get(id);
  }

  /** Dispatches one command after the other, and lets everything settle. */
  async happens(...commands: readonly object[]): Promise<void> {
    await this.flow.processors.ready();
    for (const each of commands) await this.flow.dispatch(each);
    await this.settle();
  }

  async passes(milliseconds: number): Promise<void> {
    this.clock.advanceBy(milliseconds);
    await this.settle();
  }

  settle(): Promise<void> {
    return this.flow.processors.settled({ timeout: 20_000 });
  }

  /** The names of the events of an order, in order. */
  async events(id: string): Promise<string[]> {
    const events = await this.eventStore.readAll({ limit: 1000 });
    return events.filter(({ aggregateId }) => aggregateId === id).map(({ name }) => name);
  }
}

/** Returns what makes scenes, which are closed after each test. */
export function scenes(): (...args: ConstructorParameters<typeof Scene>) => Scene {
  const made: Scene[] = [];
  afterEach(async () => {
    await Promise.all(made.splice(0).map(({ flow }) => flow.close()));
  });
  return (...args) => {
    const scene = new Scene(...args);
    made.push(scene);
    return scene;
  };
}
