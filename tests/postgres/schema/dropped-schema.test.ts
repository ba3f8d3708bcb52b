import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EventStore, Flow } from 'eventuality';
import { migrationSql } from '../../../src/adapters/postgres';
import { PlayingProgram } from '../../faults/programs/playing-program';
import { happened, to } from '../../support/events';
import { built } from '../../support/programs';
import { type Schema, TestSchema, url } from '../../support/stores/schema';
import { pause, until } from '../../support/waiting';
import { Account, idsProjection, move } from './dropped-schemas';

const schema = new TestSchema(__filename);
const folder = mkdtempSync(join(tmpdir(), 'eventuality-dropped-'));
const script = built('recreating-process', folder, __dirname);
afterAll(() => rmSync(folder, { recursive: true }));
const flows: Flow[] = [];
afterEach(() => Promise.all(flows.splice(0).map(flow => flow.close())));

/** Said of the log, and of what was made of it. */
const OF_THE_LOG = ['HISTORY_REPLACED', 'STORE_GONE', 'VERSIONS_LOST', 'POSTGRES_SCHEMA_OUTDATED'];

/** A process that follows and decides, with what it has said of the log. */
function start(at: Schema) {
  const eventStore = at.open();
  const logged: string[] = [];
  const told: string[] = [];
  const note = (list: string[], error: unknown): void => {
    const { code } = error as { code: string };
    if (OF_THE_LOG.includes(code)) list.push(code);
  };
  const log = ({ error }: { error?: unknown }): void => note(logged, error ?? {});
  const flow = new Flow({
    ...{ eventStore, aggregates: [Account], processors: [idsProjection()], cache: { max: 10 } },
    logger: { error: log, warn: log },
    onError: error => note(told, error),
  });
  flows.push(flow);
  const append = async (id: string): Promise<bigint> => positionOf(eventStore, id);
  const ids = async () => (await flow.readModel<{ ids: string }>('ids').get('all'))?.ids;
  const status = () => flow.processors.of('ids').status();
  return { flow, eventStore, append, ids, status, logged, told };
}

async function positionOf(store: EventStore, id: string): Promise<bigint> {
  const outcome = await store.append([to(id, 'any', happened({ id }))]);
  return outcome.ok ? outcome.events.at(-1)!.position : 0n;
}

const drop = (): Promise<unknown> => schema.sql(`drop schema if exists "${schema.name}" cascade`);
const inOneStep = (): Promise<unknown> =>
  schema.sql(`begin; drop schema "${schema.name}" cascade; ${migrationSql({ schema: schema.name })}; commit`);

/** How the schema goes: for how long it is gone, in milliseconds, varies from round to round. */
const GOINGS: readonly (readonly [string, (round: number) => Promise<unknown>])[] = [
  ['is dropped, and another process that starts makes it anew', round => drop().then(() => pause(round * 40))],
  ['is dropped and made anew in one step, and another process starts on it', inOneStep],
];

describe.each(GOINGS)('the schema %s: the process that ran on it', (_, go) => {
  test.each([0, 1, 2, 3, 4, 5])(
    'answers from the new log only, and says so once (round %p)',
    async round => {
      await drop();
      const where = { connectionString: url, schema: schema.name };
      const other = new PlayingProgram<string>(script, { where, ids: 'de' });
      await other.ready();
      const one = start(schema);
      await one.flow.dispatch(move('1', 101));
      for (const id of ['a', 'b', 'c', 'x']) await one.flow.waitFor(await one.append(id));
      expect(await one.ids()).toBe('abcx');
      await go(round);
      const position = BigInt(await other.play());
      await one.flow.waitFor(position, { timeout: 20_000 });
      expect(await one.ids()).toBe('de');
      await expect(one.flow.dispatch(move('1', -50))).rejects.toThrow('There are only 1.');
      const status = await one.status();
      expect(status).toMatchObject({ state: 'following', version: 1, position, head: position });
      const next = await one.append('f');
      await one.flow.waitFor(next);
      expect(await one.ids()).toBe('def');
      await until(
        async () =>
          (await one.eventStore.projections.checkpoint({ projection: 'ids', version: 1, segment: 0 })) === next,
        'the checkpoint is at the head of the log',
      );
      expect(one.logged).toHaveLength(1);
      expect(one.told).toEqual(one.logged);
      expect(['STORE_GONE', 'HISTORY_REPLACED']).toContain(one.told[0]);
      await other.end();
    },
    60_000,
  );
});

test('while the schema is gone, the errors say so, the hook is told once, and the process goes on when it is there again', async () => {
  await drop();
  const one = start(schema);
  await one.flow.waitFor(await one.append('a'));
  await drop();
  await until(() => one.told.length > 0, 'the hook is told');
  await expect(one.append('b')).rejects.toMatchObject({ code: 'STORE_GONE' });
  await expect(one.status()).rejects.toMatchObject({ code: 'STORE_GONE' });
  await expect(one.ids()).rejects.toMatchObject({ code: 'STORE_GONE' });
  await pause(600);
  expect([one.told, one.logged]).toEqual([['STORE_GONE'], ['STORE_GONE']]);
  await schema.open().ready();
  const position = await one.append('c');
  await one.flow.waitFor(position, { timeout: 20_000 });
  expect(await one.ids()).toBe('c');
  expect(await one.status()).toMatchObject({ state: 'following', position });
  expect([one.told, one.logged]).toEqual([['STORE_GONE'], ['STORE_GONE']]);
}, 60_000);
