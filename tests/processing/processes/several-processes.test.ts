import { type EventStore, type Flow, type FlowParts } from 'eventuality';
import { deadline, end, send } from 'eventuality/processes';
import { PLACES, type Place } from '../../support/stores/places';
import { until } from '../../support/waiting';
import { command, type Fulfilment, fulfilment, orders } from './orders';

const IDS = Array.from({ length: 30 }, (_, n) => `o${n}`);

describe.each(PLACES)('processes on one store, %s', (_, make) => {
  let place: Place;
  let flows: Flow[];
  beforeEach(() => {
    place = make();
    flows = [];
  });
  afterEach(async () => {
    await Promise.all(flows.map(flow => flow.close()));
    await place.end();
  });

  const begin = (options: Partial<Fulfilment> = {}, parts: Partial<FlowParts> = {}): Flow => {
    const flow = orders(place.open(), { processors: [fulfilment({ segments: 4, ...options })], ...parts });
    flows.push(flow);
    return flow;
  };
  const eventsOf = async (store: EventStore): Promise<Map<string, string[]>> => {
    const byOrder = new Map<string, string[]>();
    for (const { aggregateId, name } of await store.readAll({ limit: 1000 }))
      byOrder.set(aggregateId, [...(byOrder.get(aggregateId) ?? []), name]);
    return byOrder;
  };

  test('share the instances, and each command takes effect once', async () => {
    const two = [begin(), begin()];
    await Promise.all(two.map(flow => flow.processors.ready()));
    await Promise.all(IDS.map((id, n) => two[n % 2]!.dispatch(command('Place', id))));
    await Promise.all(IDS.map((id, n) => two[(n + 1) % 2]!.dispatch(command('Pay', id))));
    await two[0]!.processors.settled({ timeout: 30_000 });
    const events = await eventsOf(two[0]!.eventStore);
    for (const id of IDS)
      expect([id, ...events.get(id)!.sort()]).toEqual([id, 'OrderPlaced', 'Paid', 'PaymentRequested', 'Shipped']);
    const { items } = await two[1]!.processManagers.of('fulfilment').find({ status: 'ended' });
    expect(items).toHaveLength(IDS.length);
  });

  test('let deadlines fire once, also those that another process has set', async () => {
    const starts: Fulfilment['starts'] = { OrderPlaced: () => deadline('payment', { in: 150 }) };
    const first = begin({ starts });
    await first.processors.ready();
    await Promise.all(IDS.map(id => first.dispatch(command('Place', id))));
    await first.processors.settled({ timeout: 30_000 });
    await first.processors.close();
    const second = begin({ starts });
    await until(async () => (await second.eventStore.readAll({ limit: 1000 })).length === 2 * IDS.length);
    await second.processors.settled({ timeout: 30_000 });
    const events = await eventsOf(second.eventStore);
    for (const id of IDS) expect(events.get(id)).toEqual(['OrderPlaced', 'OrderCancelled']);
  });

  test('go on with the commands of one that has ended before it sent them', async () => {
    let held = true;
    const release: (() => void)[] = [];
    const Slow = async (): Promise<void> => {
      if (held) await new Promise<void>((_resolve, reject) => release.push(() => reject(new Error('too late'))));
    };
    const starts: Fulfilment['starts'] = {
      OrderPlaced: (_state, { orderId }) => [
        send({ name: 'Slow', message: {} }),
        send(command('Note', orderId)),
        end(),
      ],
    };
    const first = begin({ starts }, { commandHandlers: { Slow } });
    await first.processors.ready();
    await first.dispatch(command('Place', 'o1'));
    await until(() => release.length === 1);
    const closing = first.processors.close();
    held = false;
    for (const each of release) each();
    await closing;
    const second = begin({ starts }, { commandHandlers: { Slow } });
    await until(async () => (await eventsOf(second.eventStore)).get('o1')!.length === 2);
    expect((await eventsOf(second.eventStore)).get('o1')).toEqual(['OrderPlaced', 'OrderNoted']);
  });

  test('with other segments, and with other code, go on where the earlier ones were; nothing is sent again', async () => {
    const first = begin();
    await first.processors.ready();
    await Promise.all(IDS.map(id => first.dispatch(command('Place', id))));
    await first.processors.settled({ timeout: 30_000 });
    await first.processors.close();
    const second = begin({
      ...{ segments: 3, version: 2 },
      starts: { OrderPlaced: state => void state.steps.push('placed, by version 2') },
    });
    await second.processors.ready();
    await Promise.all(IDS.map(id => second.dispatch(command('Pay', id))));
    await second.processors.settled({ timeout: 30_000 });
    const events = await eventsOf(second.eventStore);
    for (const id of IDS) expect(events.get(id)).toEqual(['OrderPlaced', 'PaymentRequested', 'Paid', 'Shipped']);
    expect(await second.processManagers.of(fulfilment()).get('o7')).toMatchObject({
      ...{ status: 'ended', state: { steps: ['placed, by version 2', 'paid'] } },
    });
  });

  test('do what one that does not follow asks for', async () => {
    let fails = true;
    const Fragile = (): void => {
      if (fails) throw new Error('It broke.');
    };
    const starts: Fulfilment['starts'] = { OrderPlaced: () => send({ name: 'Fragile', message: {} }) };
    const options = { starts, retry: { attempts: 1 } };
    const first = begin(options, { commandHandlers: { Fragile } });
    await first.processors.ready();
    const admin = begin(options, { commandHandlers: { Fragile }, follow: false });
    const manager = admin.processManagers.of(fulfilment());
    await admin.dispatch(command('Place', 'o1'));
    await until(async () => (await manager.get('o1'))?.status === 'parked');
    const { error } = (await manager.get('o1'))!;
    expect(error).toContain("The command Fragile of 'o1' failed: It broke. The process 'fulfilment' has no");
    fails = false;
    expect(await manager.retry('o1')).toBe(true);
    await until(async () => (await manager.get('o1'))!.status === 'running');
    expect(await manager.end('o1')).toBe(true);
    await until(async () => (await manager.get('o1'))!.status === 'ended');
  });

  test('park an instance whose inputs the new code cannot take, and only that', async () => {
    const first = begin();
    await first.processors.ready();
    await first.dispatch(command('Place', 'o1'));
    await first.dispatch(command('Place', 'o2'));
    await first.processors.settled({ timeout: 30_000 });
    await first.processors.close();
    const broken: Fulfilment['starts'] = {
      OrderPlaced: (_state, { orderId }) => {
        if (orderId === 'o1') throw new Error('not with me');
      },
    };
    const second = begin({ version: 2, starts: broken });
    await second.processors.ready();
    await second.dispatch(command('Pay', 'o1'));
    await second.dispatch(command('Pay', 'o2'));
    await second.processors.settled({ timeout: 30_000 });
    const manager = second.processManagers.of(fulfilment());
    expect(await manager.get('o2')).toMatchObject({ status: 'ended' });
    expect(await manager.get('o1')).toMatchObject({
      ...{
        status: 'parked',
        error: expect.stringContaining("Version 2 of the process 'fulfilment' cannot compute the state of 'o1'"),
      },
    });
    await second.processors.close();
    const third = begin({ version: 3 });
    await third.processors.ready();
    expect(await third.processManagers.of(fulfilment()).retry('o1')).toBe(true);
    await third.processors.settled({ timeout: 30_000 });
    expect(await third.processManagers.of(fulfilment()).get('o1')).toMatchObject({ status: 'ended' });
  });
});
