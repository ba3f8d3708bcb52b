import { Event } from '../../../src/decorators';
import { Flow } from '../../../src/flow';
import type { RecordedEvent } from '../../../src/messages';
import { defineAggregate } from '../../../src/model';
import { cancel, deadline, defineProcess, end, send } from '../../../src/processing';
import type { EventStore } from '../../../src/store';
import { SILENT } from '../../support/logger';

/** How long an order that is not paid is waited for, in milliseconds. */
const PATIENCE_MS = 300;

/** Takes every command, and every time: an event that is there twice is an effect that happened twice. */
const Order = defineAggregate({
  name: 'Order',
  state: {},
  commands: Object.fromEntries(
    Object.entries({
      Place: 'Placed',
      Request: 'Requested',
      Pay: 'Paid',
      Ship: 'Shipped',
      Cancel: 'Cancelled',
      Remind: 'Reminded',
    }).map(([command, name]) => [
      command,
      {
        creates: 'if-missing' as const,
        decide: (_: object, { id, ...payload }: { id: string }) => Event({ aggregateId: id, name, payload }),
      },
    ]),
  ),
});

export const command = (name: string, id: string, more: object = {}) => ({ name, message: { id, ...more } });

/** Ships an order that is paid, and cancels one that is not paid in time. Later versions remind of the payment. */
export const fulfilmentOf = (version: number) =>
  defineProcess({
    ...{ name: 'fulfilment', segments: 4, version, correlate: (event: RecordedEvent) => event.aggregateId },
    state: { steps: [] as string[] },
    starts: {
      Placed: (state, { patient }: { patient: boolean }, { instance }) => {
        state.steps.push(version === 1 ? 'placed' : `placed, by version ${version}`);
        const reminders = version === 1 ? [] : [send(command('Remind', instance))];
        const payment = deadline('payment', { in: patient ? '1h' : PATIENCE_MS });
        return [...reminders, send(command('Request', instance)), payment];
      },
    },
    on: {
      Requested: state => void state.steps.push('requested'),
      Paid: (state, _, { instance }) => {
        state.steps.push('paid');
        return [cancel('payment'), send(command('Ship', instance))];
      },
    },
    deadlines: {
      payment: (state, _, { instance }) => {
        state.steps.push('late');
        return [send(command('Cancel', instance)), end()];
      },
    },
    ends: ['Shipped'],
  });

export const fulfilment = fulfilmentOf(1);

/** A flow that carries out commands, and follows nothing. */
export const ordering = (eventStore: EventStore): Flow =>
  new Flow({ eventStore, aggregates: [Order], processors: [fulfilment], follow: false, logger: SILENT });

/** Places an order, and pays it where it is patient. */
export async function place(flow: Flow, id: string, patient: boolean): Promise<void> {
  await flow.dispatch(command('Place', id, { patient }));
  if (patient) await flow.dispatch(command('Pay', id));
}

/**
 * The events of an order once it has ended. What one that is cancelled has not requested yet by then is not requested
 * any more.
 */
export const wanted = (patient: boolean): readonly string[] =>
  patient ? ['Placed', 'Paid', 'Requested', 'Shipped'] : ['Placed', 'Cancelled'];
