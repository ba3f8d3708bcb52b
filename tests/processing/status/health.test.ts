import { defineReactor, type EventStore, Flow } from 'eventuality';
import { postgres } from '../../../src/adapters/postgres';
import { SILENT } from '../../support/logger';
import { happen, onEachStore, tally } from '../../support/processes';
import { StandingProxy } from '../../support/proxies/standing-proxy';
import { Schema, url } from '../../support/stores/schema';
import { until } from '../../support/waiting';

/** Answers, or keeps still, until it is stopped. */
class Line extends StandingProxy {
  silent = false;

  protected answer(data: Buffer, client: { write(data: Buffer): unknown }): void {
    if (!this.silent) client.write(data);
  }
}

const TIMEOUT = 200;
const answer = (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => error);

describe('while the database is away', () => {
  const schema = new Schema(`health_${process.pid}`);
  const line = new Line(url);
  let store: EventStore;
  let flow: Flow;
  beforeAll(async () => {
    await line.start();
    store = postgres({ connectionString: line.url('health'), schema: schema.name, logger: SILENT, retryFor: 3000 });
    flow = new Flow({ eventStore: store, processors: [tally()], logger: SILENT });
    await flow.waitFor(await happen(store, ['a']));
  });
  afterAll(async () => {
    await flow.close();
    await line.stop();
    await schema.end();
  });

  const everythingAnswersInTime = async (): Promise<void> => {
    const timeout = { timeout: TIMEOUT };
    const answers = await Promise.all([
      answer(flow.processors.status(timeout)),
      answer(flow.processors.of('tally').status(timeout)),
      answer(flow.processors.health(timeout)),
      answer(flow.waitFor(100n, timeout)),
    ]);
    // What had waited for the store would have the store's own error.
    expect(answers).toMatchObject([
      { code: 'STATUS_TIMEOUT', timeout: TIMEOUT },
      { code: 'STATUS_TIMEOUT', timeout: TIMEOUT },
      { healthy: false, faults: [expect.stringContaining(`has not answered within ${TIMEOUT} ms`)] },
      { code: 'WAIT_TIMEOUT' },
    ]);
  };

  test('status, health and waits answer in time, whether connections are refused or not answered, and again when it is back', async () => {
    expect(await flow.processors.health()).toEqual({ healthy: true, faults: [] });
    await line.stop();
    await everythingAnswersInTime();
    await line.start();
    await until(async () => (await flow.processors.health()).healthy);
    line.silent = true;
    await everythingAnswersInTime();
    line.silent = false;
    await line.stop();
    await line.start();
    await until(async () => (await flow.processors.health()).healthy);
    expect(await flow.processors.status({ timeout: 5000 })).toHaveLength(1);
  });
});

onEachStore(processes => {
  test('health says what has stopped, and that the store was closed', async () => {
    const { store } = processes();
    const failing = defineReactor({
      ...{ name: 'failing', onError: 'stop', retry: { attempts: 1 } },
      on: {
        Happened: () => {
          throw new Error('no');
        },
      },
    });
    const projections = processes().start([failing, tally()], { eventStore: store });
    await projections.ready();
    expect(await projections.health()).toEqual({ healthy: true, faults: [] });
    await happen(store, ['a']);
    await until(async () => !(await projections.health()).healthy);
    expect(await projections.health()).toEqual({
      healthy: false,
      faults: ["'failing' has stopped; restart() goes on."],
    });
    await projections.close();
    await store.close();
    expect(await projections.health()).toMatchObject({
      healthy: false,
      faults: expect.arrayContaining([expect.stringContaining('closed')]),
    });
  });
});
