import { defineProjection } from 'eventuality';
import { type EventStore, InMemoryEventStore } from '../../../src/store';
import { happen, noting, onEachStore, Processes, RETRY, tally } from '../../support/processes';

const ids = (count: number): string[] => Array.from({ length: count }, (_, n) => `thing-${n}`);

onEachStore(processes => {
  test('what was there before and what comes later takes effect once, page after page', async () => {
    const { store } = processes();
    for (let round = 0; round < 3; round++) await happen(store, ids(700), `round ${round}`);
    const projections = processes().start([tally()]);
    const position = await happen(store, ids(10), 'live');
    await projections.waitFor(position);
    const found = await store.projections.get('tally', 1, ids(700));
    expect(found.size).toBe(700);
    expect(found.get('thing-3')).toEqual({ count: 4, last: 'live' });
    expect(found.get('thing-600')).toEqual({ count: 3, last: 'round 2' });
  });

  test('it goes on from where it was, and handles nothing again', async () => {
    const { store } = processes();
    await happen(store, ids(50));
    const first = processes().start([tally()]);
    await first.settled();
    await first.close();
    await happen(store, ids(50));
    const second = processes().start([tally()]);
    await second.settled();
    expect(
      new Set(
        [...(await store.projections.get('tally', 1, ids(50))).values()].map(each => (each as { count: number }).count),
      ),
    ).toEqual(new Set([2]));
  });

  test('events that it does not handle take its checkpoint along, without a document', async () => {
    const { store } = processes();
    const other = defineProjection({ name: 'other', on: { NeverHappened: () => undefined } });
    const projections = processes().start([other]);
    const position = await happen(store, ids(5));
    await projections.waitFor(position);
    await projections.close();
    expect(await store.projections.checkpoint({ projection: 'other', version: 1, segment: 0 })).toBe(position);
  });

  test('a listener does nothing of what is older than it, and everything from then on; each once', async () => {
    const { store } = processes();
    await happen(store, ids(3), 'old');
    const notes: string[] = [];
    const first = processes().start([noting(notes)]);
    await first.settled();
    await happen(store, ids(3), 'new');
    await first.settled();
    await first.close();
    await happen(store, ids(2), 'meanwhile');
    const second = processes().start([noting(notes)]);
    await second.settled();
    expect(notes).toEqual(['new', 'new', 'new', 'meanwhile', 'meanwhile']);
  });

  test('what is appended as soon as a listener is ready is news to it, in every process that starts with it', async () => {
    const { store } = processes();
    await happen(store, ids(2), 'old');
    const notes: string[] = [];
    const both = [1, 2].map(() => processes().start([noting(notes)]));
    await Promise.all(both.map(each => each.ready()));
    await happen(store, ids(2), 'new');
    await Promise.all(both.map(each => each.settled()));
    expect(notes).toEqual(['new', 'new']);
  });

  test('a replay handler is called for what is older, in place of the other', async () => {
    const { store } = processes();
    await happen(store, ids(2), 'old');
    const notes: string[] = [];
    const replayed: string[] = [];
    const onReplay = { Happened: ({ text }: { text: string }) => void replayed.push(text) };
    const projections = processes().start([noting(notes, { onReplay })]);
    await projections.settled();
    await happen(store, ids(1), 'new');
    await projections.settled();
    expect({ notes, replayed }).toEqual({ notes: ['new'], replayed: ['old', 'old'] });
  });

  test('what a handler reads was written before it in the same page, and what it takes away is gone', async () => {
    const { store } = processes();
    const seen: unknown[] = [];
    const chain = defineProjection<{ n: number }>({
      name: 'chain',
      on: {
        async Happened({ text }, { documents }) {
          seen.push((await documents.get('one'))?.n);
          if (text === 'delete') documents.delete('one');
          else if (text === 'set') documents.set('one', { n: 1 });
          else await documents.update('one', ({ n }) => ({ n: n + 1 }));
        },
      },
    });
    for (const text of ['update', 'set', 'update', 'update', 'delete', 'update', 'set'])
      await happen(store, ['a'], text);
    await processes().start([chain]).settled();
    expect(seen).toEqual([undefined, undefined, 1, 2, 3, undefined, undefined]);
    expect((await store.projections.get('chain', 1, ['one'])).get('one')).toEqual({ n: 1 });
  });

  test('waiting for a projection that never catches up ends with an error that says what was waited for', async () => {
    const { store } = processes();
    const position = await happen(store, ['a']);
    const stuck = processes().start([tally({ onError: 'stop' }, () => Promise.reject(new Error('no')))]);
    const error = await stuck.waitFor(position, { timeout: 100 }).catch(each => each);
    expect(error).toMatchObject({
      code: 'WAIT_TIMEOUT',
      position,
      behind: [{ name: 'tally', position: position - 1n }],
    });
    const gone = new AbortController();
    const waiting = stuck.waitFor(position, { signal: gone.signal });
    gone.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });

  test('a page takes no more memory than a page: the next is read when it is done', async () => {
    const { store } = processes();
    for (let round = 0; round < 5; round++) await happen(store, ids(1000));
    let release = (): void => undefined;
    const held = new Promise<void>(resolve => (release = resolve));
    let handled = 0;
    const projections = processes().start([tally({}, () => (++handled === 1 ? held : undefined))]);
    while (handled === 0) await new Promise(resolve => setImmediate(resolve));
    const status = await projections.of('tally').status();
    expect(status.position).toBe(0n);
    expect(status.lag.events).toBe(5000);
    release();
    await projections.settled();
    expect(handled).toBe(5000);
  });

  test('the status says where it is, how far behind, and what went wrong last', async () => {
    const { store } = processes();
    const projections = processes().start([
      tally({ retry: { ...RETRY, attempts: 1 } }, text => {
        if (text === 'bad') throw new Error('this is bad');
      }),
    ]);
    await happen(store, ['a', 'b']);
    const position = await happen(store, ['c'], 'bad');
    await projections.settled();
    const status = await projections.of('tally').status();
    expect(status).toMatchObject({
      name: 'tally',
      kind: 'projection',
      mode: 'async',
      state: 'following',
      version: 1,
      activeVersion: 1,
    });
    expect(status).toMatchObject({ position, head: position, lag: { events: 0, seconds: 0 }, rebuild: undefined });
    expect(status.segments).toEqual([{ segment: 0, position, owner: expect.any(String) }]);
    expect(status.parked).toMatchObject([
      { sequence: 'Thing/c', events: 1, error: expect.stringContaining('this is bad') },
    ]);
    expect(status.lastError).toMatchObject({
      message: 'this is bad',
      stack: expect.stringContaining('Error: this is bad'),
      position,
    });
    await projections.close();
    expect(await projections.of('tally').status()).toMatchObject({ state: 'closed' });
  });
});

test('a wait for all to settle ends in its time, also where something happens each time it looks', async () => {
  const memory = new InMemoryEventStore();
  const readAll: EventStore['readAll'] = async page => {
    await happen(memory, ['a']);
    return memory.readAll(page);
  };
  const { projections, snapshots, commands } = memory;
  const eventStore: EventStore = {
    ...{ readAll, projections, snapshots, commands },
    append: (...given) => memory.append(...given),
    read: (...given) => memory.read(...given),
    subscribe: options => memory.subscribe(options),
    close: () => memory.close(),
  };
  const processes = new Processes(() => ({ open: () => eventStore, end: () => memory.close() }));
  const running = processes.start([tally()]);
  await expect(running.settled({ timeout: 300 })).rejects.toMatchObject({ code: 'WAIT_TIMEOUT', timeout: 300 });
  await processes.end();
});

test.each([[undefined], [null], [5], [class Balances {}]])(
  'a processor is asked for by its name, not by %p',
  async given => {
    const memory = new InMemoryEventStore();
    const processes = new Processes(() => ({ open: () => memory, end: () => memory.close() }));
    const running = processes.start([tally()]);
    expect(() => running.of(given as never)).toThrow(expect.objectContaining({ code: 'INVALID_OPTIONS' }));
    await processes.end();
  },
);
