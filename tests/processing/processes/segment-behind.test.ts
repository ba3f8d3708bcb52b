import { deadline } from 'eventuality/processes';
import { Files } from '../../support/stores/files';
import { until } from '../../support/waiting';
import { command, fulfilment, orders } from './orders';

test('a deadline fires while its segment does not come to the end of the events', async () => {
  const all = 15_000;
  let [appended, handled] = [0, 0];
  let behind: number | undefined;
  const notes = async (count: number): Promise<void> => {
    appended += count;
    const events = Array.from({ length: count }, () => ({ name: 'OrderNoted', payload: { orderId: 'o1' } }));
    await flow.eventStore.append([{ stream: { aggregateName: 'Note', aggregateId: 'n1' }, expected: 'any', events }]);
  };
  const process = fulfilment({
    starts: { OrderPlaced: () => deadline('payment', { in: 50 }) },
    // More than half a second of work is always ahead of it: as many are recorded as are handled.
    on: {
      OrderNoted: () => {
        busyFor(0.2);
        if (++handled % 100 === 0 && appended < all) void notes(100);
      },
    },
    deadlines: {
      payment: () => {
        behind ??= appended - handled;
      },
    },
  });
  const files = new Files();
  const flow = orders(files.store(), { processors: [process] });
  try {
    await flow.processors.ready();
    await flow.dispatch(command('Place', 'o1'));
    await notes(3000);
    await until(() => behind !== undefined);
    expect(behind).toBeGreaterThan(0);
    appended = all;
  } finally {
    await flow.close();
    await files.close();
    files.remove();
  }
}, 60_000);

function busyFor(milliseconds: number): void {
  for (const end = performance.now() + milliseconds; performance.now() < end; );
}
