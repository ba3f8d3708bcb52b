import { defineAggregate, defineProjection, Event, type FailureContext, Flow } from 'eventuality';
import { BACKED_UP, type BackedUp } from '../../support/stores/backups';
import { until } from '../../support/waiting';

const counter = (name: string) =>
  defineAggregate({
    name,
    state: { count: 0 },
    on: { Counted: state => ({ count: state.count + 1 }) },
    commands: {
      [`Count${name}`]: {
        creates: 'if-missing',
        decide: ({ count }, { id }) => Event({ aggregateId: id, name: 'Counted', payload: { of: `${name}${count}` } }),
      },
    },
  });

const counted = (name: string, mode: 'async' | 'inline' | 'live') =>
  defineProjection<{ of: string[] }>({
    ...{ name, mode },
    on: {
      async Counted({ of }: { of: string }, { documents }) {
        documents.set('all', { of: [...((await documents.get('all'))?.of ?? []), of] });
      },
    },
  });

const EMPTY = 'a backup of the empty store';

// In memory documents and checkpoints are not part of what is put back.
describe.each(BACKED_UP.filter(([name]) => name !== 'in memory'))('%s', (_, make) => {
  let place: BackedUp;
  const flows: Flow[] = [];
  beforeEach(() => {
    place = make();
  });
  afterEach(async () => {
    await Promise.all(flows.splice(0).map(flow => flow.close()));
    await place.end();
  });

  /** A process that remembers much: caches, positions, versions, and what live and inline projections know. */
  function start() {
    const logged: string[] = [];
    const told: [string, FailureContext['kind']][] = [];
    const log = ({ error }: any): void => void logged.push(error?.code);
    const eventStore = place.open();
    const processors = [counted('stored', 'async'), counted('inline', 'inline'), counted('live', 'live')];
    const flow = new Flow({
      ...{ eventStore, processors, aggregates: [counter('One'), counter('Two')], cache: { max: 10 } },
      logger: { error: log, warn: log },
      onError: (error, { kind }) => void told.push([(error as { code: string }).code, kind]),
    });
    flows.push(flow);
    const count = async (name: string): Promise<bigint> => {
      const { position } = await flow.dispatch({ name: `Count${name}`, message: { id: '1' } });
      await flow.waitFor(position!);
      return position!;
    };
    const read = (): Promise<(string[] | undefined)[]> =>
      Promise.all(
        ['stored', 'inline', 'live'].map(
          async name => (await flow.readModel<{ of: string[] }>(name).get('all'))?.of as string[] | undefined,
        ),
      );
    const committed = (position: bigint): Promise<void> =>
      until(async () => {
        const at = (projection: string) => eventStore.projections!.checkpoint({ projection, version: 1, segment: 0 });
        return (await at('stored')) === position && (await at('inline')) === position;
      }, 'the checkpoints');
    return { flow, count, read, committed, logged, told };
  }

  test.each(['an older backup', EMPTY])(
    '%s is put in place: what a process remembers is void together, no wait is answered by it, and it is said once',
    async what => {
      const one = start();
      await one.flow.processors.ready();
      if (what === EMPTY) await place.backUp();
      await one.committed(await one.count('One'));
      if (what !== EMPTY) await place.backUp();
      const last = [await one.count('Two'), await one.count('One'), await one.count('Two')].at(-1)!;
      expect(await one.read()).toEqual(Array(3).fill(['One0', 'Two0', 'One1', 'Two1']));
      await place.restore();
      await expect(one.flow.waitFor(last, { timeout: 200 })).rejects.toMatchObject({ code: 'WAIT_TIMEOUT' });
      const position = await one.count('Two');
      const before = what === EMPTY ? [] : ['One0'];
      await one.committed(position);
      expect(await one.read()).toEqual(Array(3).fill([...before, 'Two0']));
      expect(position).toBeLessThan(last);
      const [status] = await one.flow.processors.status();
      expect(status).toMatchObject({ state: 'following', position, head: position });
      expect(one.logged).toEqual(['HISTORY_REPLACED']);
      expect(one.told).toEqual([['HISTORY_REPLACED', 'event-store']]);
    },
  );
});
