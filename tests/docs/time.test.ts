import { Flow, InMemoryEventStore } from 'eventuality';
import { VirtualClock } from '../../src/testing';
import { SILENT } from '../support/logger';

class CloseDay {
  constructor(readonly day: string) {}
}

test('the page about time: a command later, and a command each night', async () => {
  const clock = new VirtualClock('2026-01-05T12:00:00Z');
  const eventStore = new InMemoryEventStore({ clock });
  const done: string[] = [];
  const remind = (text: string) => ({ name: 'Remind', message: { text } });
  const commandHandlers = {
    Remind: ({ text }: { text: string }) => void done.push(text),
    CloseDay: ({ day }: CloseDay) => void done.push(day),
  };
  const logger = SILENT;
  // #region flow
  const flow = new Flow({ eventStore, commandHandlers, scheduling: true, clock, logger });
  // #endregion flow
  await flow.processors.ready();
  // #region schedule
  await flow.schedule(remind('call Ann'), { in: '2h' });
  await flow.schedule(remind('the lease ends'), { at: new Date('2026-01-06T08:00:00Z'), key: 'remind/lease' });
  await flow.schedule(remind('the lease ends soon'), { at: '2026-01-06T07:00:00Z', key: 'remind/lease' });
  await flow.unschedule('remind/lease');
  // #endregion schedule
  // #region recurring
  flow.recurring('close-day', '30 2 * * *', ({ dueAt }) => new CloseDay(dueAt.toISOString().slice(0, 10)), {
    timeZone: 'Europe/Vienna',
    missed: 'once',
    overlap: 'skip',
  });
  // #endregion recurring
  await flow.processors.settled();
  for (let hour = 0; hour < 24; hour++) {
    clock.advanceBy(3_600_000);
    await flow.processors.settled({ timeout: 20_000 });
  }
  expect(done).toEqual(['call Ann', '2026-01-06']);
  // #region mend
  const schedule = flow.processors.of('$schedule');
  const { parked } = await schedule.status();
  for (const { sequence } of parked) await schedule.retry(sequence);
  // #endregion mend
  await flow.close();
});
