import { InvalidOptionsError } from '../messages';
import type { EventStore } from '../store';
import type { VirtualClock } from './virtual-clock';

const PROBE = { instance: 'clock', hash: 0, key: 'clock', id: 'clock', run: 1 };
const PROCESS = '$clock';
const PROBE_MS = 3_600_000;

/**
 * Refuses a store for which deadlines come due by another clock: it would not notice that the test lets time pass.
 * @throws InvalidOptionsError, errors of the store
 */
export async function refuseOtherClock({ projections }: EventStore, clock: VirtualClock): Promise<void> {
  const processes = projections?.processes;
  if (!processes) return;
  await processes.schedule(PROCESS, [{ ...PROBE, dueAt: clock.now() + PROBE_MS }]);
  const { nextIn } = await processes.due([{ process: PROCESS, segments: 1, segment: 0 }], 1);
  await processes.unschedule(PROCESS, PROBE.instance, PROBE.key);
  if (nextIn !== PROBE_MS)
    throw new InvalidOptionsError('advance', [
      'the event store takes its time from another clock than the test. Use one clock for both: ' +
        'testFlow(Module, { clock, eventStore: new InMemoryEventStore({ clock }) }).',
    ]);
}
