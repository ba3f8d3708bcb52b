import { Flow } from '../../../src/flow';
import { counting, projectionsOf } from '../../support/counting';
import { happened, range, to } from '../../support/events';
import { SILENT } from '../../support/logger';
import { built } from '../../support/programs';
import { withDurable } from '../../support/stores/stores';
import { until } from '../../support/waiting';
import { CountingProcesses } from '../programs/counting-processes';
import { rowsOf } from './rows';

const NAME = 'counts';
const REBUILDS = 20;
const SEGMENTS = 4;
const PROCESSES = 3;
const TIMEOUT_MS = 20_000;

test.each(['SQLite', 'PostgreSQL'] as const)(
  '%s: after 20 rebuilds with three processes there are the rows of one version',
  name =>
    withDurable(name, async (places, folder) => {
      const { store, where } = places();
      await store.append(range(1, 40).map(n => to(`${n}`, 'none', happened())));
      const options = { segments: SEGMENTS };
      const processes = new CountingProcesses(built('../programs/counting-process', folder, __dirname), {
        where,
        leaseDuration: 400,
        options,
      });
      const definition = counting(NAME, options, () => undefined);
      const flow = new Flow({ eventStore: store, processors: [definition], follow: false, logger: SILENT });
      try {
        await processes.haveShared(flow.processors);
        for (const _ of range(1, REBUILDS)) await (await flow.processors.of(NAME).rebuild()).done;
        await until(
          async () => (await projectionsOf(store).versions(NAME)).length === 1,
          'the version before is dropped',
          TIMEOUT_MS,
        );
        await processes.ended();
      } finally {
        processes.kill();
        await flow.processors.close();
      }
      const rows = await rowsOf(where);
      const [checkpoints, leases] = [SEGMENTS, SEGMENTS];
      expect(rows).toMatchObject({ read_models: 1, checkpoints, leases, dead_letters: 0, documents: 40 });
      // Of each process a row by which the others see it.
      expect(rows.members).toBeLessThanOrEqual(PROCESSES);
    }),
  180_000,
);
