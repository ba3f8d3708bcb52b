import { defineReactor } from 'eventuality';
import { happen, onEachStore, RETRY, tally } from '../../support/processes';
import { until } from '../../support/waiting';

onEachStore(processes => {
  test('that a segment has stopped, and by which error, is seen by processes that only look, and by those that wait for a segment', async () => {
    let isBroken = true;
    const fail = (text: string): void => {
      if (isBroken && text === 'poison') throw new TypeError('no');
    };
    const failing = tally({ onError: 'stop' }, fail);
    // A renewal by itself would come in 20 minutes.
    const following = processes().start([failing], { leaseDuration: 3_600_000 });
    const first = following.of('tally');
    await until(async () => (await first.status()).segments[0]?.owner !== undefined);
    const others = [processes().start([tally()], { follow: false }), processes().start([tally()])];
    const position = await happen(processes().store, ['a'], 'poison');
    await until(async () => (await first.status()).state === 'stopped');
    const error = { message: 'no', stack: expect.stringMatching(/^TypeError: no\n +at /), position };
    for (const other of others) {
      const status = () => other.of('tally').status();
      await until(async () => (await status()).state === 'stopped');
      expect(await status()).toMatchObject({ state: 'stopped', healthy: false, lastError: error });
      expect((await status()).lastError?.at).toBe((await first.status()).lastError?.at);
      // It is this process that a health check asks about.
      expect(await other.health()).toMatchObject({ healthy: true });
    }
    // What has stopped elsewhere goes on there only.
    expect(others.map(other => other.of('tally').restart())).toEqual([0, 0]);
    isBroken = false;
    expect(first.restart()).toBe(1);
    for (const other of others) {
      await until(async () => (await other.of('tally').status()).state === 'following');
      expect(await other.of('tally').status()).toMatchObject({ healthy: true, lastError: { message: 'no', position } });
    }
    await following.close();
    await until(async () => (await others[0]!.of('tally').status()).lastError === undefined);
  });

  test('what a handler threw last is seen elsewhere, of all processes the newest, and cut', async () => {
    const failing = (name: string) =>
      defineReactor({
        name: 'mailer',
        retry: RETRY,
        segments: 2,
        on: { Happened: () => Promise.reject(new Error(name)) },
      });
    const one = processes().start([failing(`one ${'\u0001'.repeat(9000)}`)]);
    const looking = processes()
      .start([failing('')], { follow: false })
      .of('mailer');
    await until(async () => (await looking.status()).segments.filter(({ owner }) => owner !== undefined).length === 2);
    await happen(processes().store, ['a', 'b']);
    await until(async () => (await looking.status()).lastError?.message.startsWith('one ') === true);
    const { message, stack } = (await looking.status()).lastError!;
    expect([message.length, stack.length]).toEqual([500, 2000]);
    expect((await one.of('mailer').status()).lastError!.message).toHaveLength(9004);
    await one.close();
    processes().start([failing('two')]);
    await until(async () => (await looking.status()).segments.every(({ owner }) => owner !== undefined));
    await happen(
      processes().store,
      Array.from({ length: 8 }, (_, n) => `more-${n}`),
    );
    await until(async () => (await looking.status()).lastError?.message === 'two');
  });

  test('what has no note that can be read is passed over', async () => {
    const { store } = processes();
    await store.projections.prepare({ name: 'tally', version: 1, indexes: [], sequenceBy: 'aggregate' });
    await store.projections.activate('tally', 1);
    const looking = processes().start([tally()], { follow: false }).of('tally');
    for (const note of ['', '{', 'null', '7', '{"error":"x"}', '{"error":{"position":"x"}}', '{"stopped":1}']) {
      const claim = { owner: 'another', duration: 60_000, note };
      expect(
        await store.projections.leases.claim({ projection: 'tally', version: 1, segment: 0 }, claim),
      ).toMatchObject({ ok: true });
      await until(async () => (await looking.status()).segments[0]?.owner === 'another');
      const { state, lastError } = await looking.status();
      expect([state, lastError]).toEqual(['following', undefined]);
    }
  });
});
