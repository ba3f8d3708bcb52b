import { defineProjection, defineReactor, type FailureContext } from 'eventuality';
import { happen, onEachStore, RETRY, type Tally, tally } from '../../support/processes';
import { until } from '../../support/waiting';

onEachStore(processes => {
  const tallyOf = async (id: string): Promise<Tally | undefined> =>
    (await processes().store.projections.get('tally', 1, [id])).get(id) as Tally | undefined;

  test('an event that fails is tried again by itself, in order, while everything else goes on', async () => {
    const { store } = processes();
    const tries: string[] = [];
    let failures = 2;
    const projections = processes().start([
      tally({}, text => {
        tries.push(text);
        if (text === 'late' && failures-- > 0) throw new Error('not yet');
      }),
    ]);
    await happen(store, ['a'], 'late');
    await happen(store, ['b'], 'other');
    await happen(store, ['a'], 'after');
    await projections.settled();
    expect(await tallyOf('a')).toEqual({ count: 2, last: 'after' });
    expect(await tallyOf('b')).toEqual({ count: 1, last: 'other' });
    expect(tries.filter(text => text === 'late')).toHaveLength(3);
    expect(tries.indexOf('after')).toBeGreaterThan(tries.lastIndexOf('late'));
    expect((await projections.of('tally').status()).parked).toEqual([]);
  });

  test('each try comes when its pause is over, and not with the next look at the leases', async () => {
    const { store } = processes();
    const failing = tally({ retry: { attempts: 40, delay: 1, maxDelay: 4 } }, () => Promise.reject(new Error('no')));
    // Looks are half a second apart: 39 of them would not fit into this test.
    const projections = processes().start([failing], { leaseDuration: 10_000 });
    await happen(store, ['a']);
    await until(async () => (await projections.of('tally').deadLetters())[0]?.attempts === 40);
  });

  test('after its last try only its sequence is parked; what is written by a handler that throws is not kept', async () => {
    const { store } = processes();
    let poisonous = true;
    const half = defineProjection<Tally>({
      name: 'tally',
      retry: RETRY,
      on: {
        async Happened({ text }, { event, documents }) {
          documents.set(event.aggregateId, { count: 1, last: text });
          documents.set(`half-${event.aggregateId}`, { count: 1, last: text });
          if (poisonous && text === 'poison') throw new Error('I do not like it');
        },
      },
    });
    const projections = processes().start([half]);
    await happen(store, ['a'], 'fine');
    const position = await happen(store, ['a'], 'poison');
    await happen(store, ['a'], 'successor');
    await happen(store, ['b'], 'fine');
    await projections.settled();
    expect(await tallyOf('a')).toEqual({ count: 1, last: 'fine' });
    expect(await tallyOf('half-a')).toEqual({ count: 1, last: 'fine' });
    expect(await tallyOf('b')).toEqual({ count: 1, last: 'fine' });
    const processor = projections.of('tally');
    const letters = await processor.deadLetters();
    expect(letters).toMatchObject([
      { sequence: 'Thing/a', position, attempts: 3, error: expect.stringContaining('I do not like it') },
      { sequence: 'Thing/a', attempts: 0, error: undefined },
    ]);
    poisonous = false;
    expect(await processor.retry('Thing/a')).toBe(1);
    await projections.settled();
    await until(async () => (await processor.deadLetters()).length === 0);
    expect(await tallyOf('a')).toEqual({ count: 1, last: 'successor' });
  });

  test('a discarded event is left out, and its successors are handled; a discarded sequence is forgotten', async () => {
    const { store } = processes();
    const projections = processes().start([
      tally({}, text => {
        if (text.startsWith('poison')) throw new Error(text);
      }),
    ]);
    const processor = projections.of('tally');
    const position = await happen(store, ['a'], 'poison');
    await happen(store, ['a'], 'successor');
    await happen(store, ['b'], 'poison');
    await happen(store, ['b'], 'lost');
    await projections.settled();
    expect(await processor.discard({ position })).toBe(1);
    await until(async () => (await tallyOf('a')) !== undefined);
    expect(await tallyOf('a')).toEqual({ count: 1, last: 'successor' });
    expect(await processor.discard({ sequence: 'Thing/b' })).toBe(2);
    await until(async () => (await processor.deadLetters()).length === 0);
    await projections.waitFor(await happen(store, ['b'], 'new'));
    await until(async () => (await tallyOf('b'))?.last === 'new');
    expect(await tallyOf('b')).toEqual({ count: 1, last: 'new' });
  });

  test.each([
    ['fails', true],
    ['succeeds', false],
  ])('an event that is discarded while it is tried again stays discarded, also where the try %s', async (_, fails) => {
    const { store } = processes();
    let [tries, letGo] = [0, (): void => undefined];
    const gate = new Promise<void>(resolve => {
      letGo = resolve;
    });
    const projections = processes().start([
      tally({ retry: { attempts: 1 } }, async text => {
        if (text !== 'poison') return;
        tries++;
        if (tries > 1) await gate;
        if (tries === 1 || fails) throw new Error('no');
      }),
    ]);
    const processor = projections.of('tally');
    for (const text of ['poison', 'waits', 'waits, too']) await happen(store, ['a'], text);
    await projections.settled();
    const retried = processor.retry();
    await until(async () => tries === 2);
    const discarded = processor.discard();
    await until(async () => (await processor.deadLetters()).length === 0);
    letGo();
    expect(await retried).toBe(1);
    expect(await discarded).toBe(3);
    await projections.waitFor(await happen(store, ['a'], 'new'));
    expect(await processor.deadLetters()).toEqual([]);
    expect(tries).toBe(2);
    expect(await tallyOf('a')).toEqual({ count: 1, last: 'new' });
  });

  test('what is parked outlives the process: the next one keeps its order and can have it tried', async () => {
    const { store } = processes();
    const failing = processes().start([
      tally({}, text => (text === 'poison' ? Promise.reject(new Error('no')) : undefined)),
    ]);
    await happen(store, ['a'], 'poison');
    await failing.settled();
    await failing.close();
    await happen(store, ['a'], 'successor');
    const mended = processes().start([tally()]);
    await mended.settled();
    expect(await tallyOf('a')).toBeUndefined();
    expect((await mended.of('tally').status()).parked).toMatchObject([{ events: 2 }]);
    await mended.of('tally').retry();
    await until(async () => (await tallyOf('a'))?.count === 2);
    expect(await tallyOf('a')).toEqual({ count: 2, last: 'successor' });
  });

  test('a parked event is reported to the logger and to the hook when it is parked, and after its last attempt', async () => {
    const { store } = processes();
    const lines: [object, string][] = [];
    const told: [unknown, FailureContext][] = [];
    const logger = {
      error: (details: object, message: string) => void lines.push([details, message]),
      warn: () => undefined,
    };
    const onError = (error: unknown, context: FailureContext): void => void told.push([error, context]);
    const poison = new Error('no');
    const fail = (text: string): void => {
      if (text === 'poison') throw poison;
    };
    const on = { Happened: ({ text }: { text: string }) => fail(text) };
    const listener = defineReactor({ name: 'failing', retry: RETRY, on });
    const projections = processes().start([tally({}, fail), listener], { logger, onError });
    await projections.ready();
    expect(await projections.of('tally').status()).toMatchObject({ healthy: true });
    const position = await happen(store, ['a'], 'poison');
    await happen(store, ['a', 'b'], 'fine');
    await projections.settled();
    for (const [kind, name] of [
      ['projection', 'tally'],
      ['reactor', 'failing'],
    ]) {
      const own = told.filter(([, context]) => context.name === name);
      const context = {
        kind,
        name,
        sequence: 'Thing/a',
        position,
        event: { position, name: 'Happened', aggregateId: 'a' },
      };
      expect(own).toMatchObject([
        [{ message: 'no' }, context],
        [{ message: 'no' }, context],
      ]);
      expect(own.every(([error]) => error === poison)).toBe(true);
      expect(await projections.of(name!).status()).toMatchObject({
        healthy: false,
        state: 'following',
        lag: { events: 0 },
      });
    }
    expect(lines).toHaveLength(4);
    expect(lines.map(([details]) => details)).toContainEqual(
      expect.objectContaining({
        error: poison,
        kind: 'projection',
        name: 'tally',
        sequence: 'Thing/a',
        position: `${position}`,
      }),
    );
    const messages = lines.map(([, message]) => message);
    expect(
      messages.filter(line =>
        line.startsWith("The projection 'tally' failed with Happened of Thing 'a', version 1; its sequence"),
      ),
    ).toEqual([
      expect.stringMatching("'Thing/a' is parked, and tried again.$"),
      expect.stringMatching("'Thing/a' is parked until retry\\(\\) or discard\\(\\).$"),
    ]);
    await projections.of('tally').discard();
    expect(await projections.of('tally').status()).toMatchObject({ healthy: true });
  });

  test('a logger and a hook that throw hold nothing up', async () => {
    const { store } = processes();
    const refuse = (): never => {
      throw new Error('the disk is full');
    };
    const printed = jest.spyOn(console, 'error').mockImplementation();
    const projections = processes().start([tally({}, text => (text === 'poison' ? refuse() : undefined))], {
      logger: { error: refuse, warn: refuse },
      onError: refuse,
    });
    await happen(store, ['a'], 'poison');
    await happen(store, ['b'], 'fine');
    await projections.settled();
    expect(await tallyOf('b')).toEqual({ count: 1, last: 'fine' });
    expect((await projections.of('tally').deadLetters())[0]).toMatchObject({ attempts: RETRY.attempts });
    printed.mockRestore();
  });

  test('with onError stop nothing goes past the event; restart goes on', async () => {
    const { store } = processes();
    let broken = true;
    const told: (FailureContext & { position?: bigint })[] = [];
    const onError = (_: unknown, context: FailureContext): void => void told.push(context);
    const failing = tally({ onError: 'stop' }, text => {
      if (broken && text === 'poison') throw new Error('no');
    });
    const projections = processes().start([failing], { onError });
    await happen(store, ['a'], 'fine');
    const position = await happen(store, ['b'], 'poison');
    await happen(store, ['c'], 'fine');
    const processor = projections.of('tally');
    await until(async () => (await processor.status()).state === 'stopped');
    expect(await processor.status()).toMatchObject({
      position: position - 1n,
      parked: [],
      healthy: false,
      lastError: { message: 'no', position },
    });
    // Once when it begins to wait, and once when it has stopped.
    expect(told).toMatchObject([{ position }, { position }]);
    expect([await tallyOf('a'), await tallyOf('c')]).toEqual([{ count: 1, last: 'fine' }, undefined]);
    broken = false;
    expect([processor.restart(), processor.restart()]).toEqual([1, 0]);
    await projections.settled();
    expect(await tallyOf('c')).toEqual({ count: 1, last: 'fine' });
    expect((await processor.status()).state).toBe('following');
  });

  test("a key of one's own parks what belongs together; an event without a key is parked alone", async () => {
    const { store } = processes();
    const of = ({ payload }: { payload: object }): string => {
      const { text } = payload as { text: string };
      if (text === 'nothing') throw new Error('no key');
      return text.split(' ')[0]!;
    };
    const projections = processes().start([
      tally({ sequenceBy: { key: 'colour', of } }, text => {
        if (text === 'red poison') throw new Error('no');
      }),
    ]);
    await happen(store, ['a'], 'red poison');
    await happen(store, ['b'], 'red wine');
    await happen(store, ['c'], 'blue sky');
    await happen(store, ['d'], 'nothing');
    await projections.settled();
    const { parked } = await projections.of('tally').status();
    expect(parked).toMatchObject([
      { sequence: 'red', events: 2 },
      { sequence: 'Thing/d', events: 1, error: expect.stringContaining('sequenceBy') },
    ]);
    expect([await tallyOf('b'), await tallyOf('c')]).toEqual([undefined, { count: 1, last: 'blue sky' }]);
  });

  test('an aggregate whose name and id are long is parked like any other, wherever their key is cut', async () => {
    const { store } = processes();
    const projections = processes().start([
      tally({ retry: { attempts: 1 } }, text => {
        if (text === 'poison') throw new Error('no');
      }),
    ]);
    const ids = [0, 1, 2].map(n => `${'x'.repeat(n)}${'😀'.repeat(126)}`);
    const events = [{ name: 'Happened', payload: { text: 'poison' } }];
    const appends = ids.map(aggregateId => ({
      stream: { aggregateName: 'A'.repeat(200), aggregateId },
      expected: 'any' as const,
      events,
    }));
    await store.append(appends);
    await happen(store, ['sound']);
    await projections.settled();
    const parked = (await projections.of('tally').deadLetters()).map(({ sequence }) => sequence);
    expect(parked.map(key => [key.length, key.isWellFormed()])).toEqual([
      [254, true],
      [255, true],
      [254, true],
    ]);
    expect(await tallyOf('sound')).toMatchObject({ count: 1 });
  });

  test("SQL of one's own that fails in the commit is found, and only its event is parked", async () => {
    const { store } = processes();
    const withWork = defineProjection<Tally>({
      name: 'tally',
      retry: RETRY,
      on: {
        Happened({ text }, { event, documents, inTransaction }) {
          documents.set(event.aggregateId, { count: 1, last: text });
          inTransaction(() => {
            if (text === 'poison') throw new Error('constraint');
          });
        },
      },
    });
    for (const [id, text] of [
      ['a', 'fine'],
      ['b', 'poison'],
      ['c', 'fine'],
    ] as const)
      await happen(store, [id], text);
    const projections = processes().start([withWork]);
    await projections.settled();
    expect([await tallyOf('a'), await tallyOf('b'), await tallyOf('c')]).toEqual([
      { count: 1, last: 'fine' },
      undefined,
      { count: 1, last: 'fine' },
    ]);
    expect(await projections.of('tally').deadLetters()).toMatchObject([
      { attempts: 3, error: expect.stringContaining('constraint') },
    ]);
  });
});
