import { defineProjection, type EventStore, Flow } from 'eventuality';
import { happened, to } from '../../support/events';
import { TestSchema } from '../../support/stores/schema';
import { until } from '../../support/waiting';

const schema = new TestSchema(__filename);
const flows: Flow[] = [];
afterEach(() => Promise.all(flows.splice(0).map(flow => flow.close())));

const seen = () =>
  defineProjection<{ ids: string }>({
    name: 'seen',
    on: {
      async Happened({ id }: { id: string }, { documents }) {
        documents.set('all', { ids: `${(await documents.get('all'))?.ids ?? ''}${id}` });
      },
    },
  });

const append = async (store: EventStore, id: string): Promise<bigint> => {
  const outcome = await store.append([to(id, 'any', happened({ id }))]);
  return outcome.ok ? outcome.events.at(-1)!.position : 0n;
};

test.each(['the same process', 'another process'])(
  'the schema is dropped while a process runs, and %s creates it anew: the process begins again, and says so',
  async creator => {
    const told: unknown[] = [];
    const store = schema.open();
    const logger = { error: (details: object) => void told.push(details), warn: () => undefined };
    const flow = new Flow({ eventStore: store, processors: [seen()], logger });
    flows.push(flow);
    for (const id of ['a', 'b', 'c']) await flow.waitFor(await append(store, id));
    await schema.sql(`drop schema "${schema.name}" cascade`);
    const other = schema.open();
    await other.ready();
    if (creator === 'another process') {
      const beside = new Flow({ eventStore: other, processors: [seen()], logger });
      flows.push(beside);
      await beside.processors.ready();
    }
    const position = await append(other, 'd');
    const ids = async () => (await flow.readModel<{ ids: string }>('seen').get('all'))?.ids;
    await until(async () => (await ids().catch(() => undefined)) === 'd', 'the event is followed', 15_000);
    const status = () => flow.processors.of('seen').status();
    await until(async () => (await status()).position === position, 'it stands where the new events do', 15_000);
    expect(await status()).toMatchObject({ state: 'following', version: 1 });
    await flow.waitFor(position);
    const codes = told.map(details => (details as { error: { code?: string } }).error.code);
    // What another process has made again by then is not gone: that the schema was is told all the same.
    expect(codes).toContain(creator === 'another process' ? 'POSTGRES_SCHEMA_OUTDATED' : 'VERSIONS_LOST');
  },
  30_000,
);
