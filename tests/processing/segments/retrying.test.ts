import { happen, onEachStore, tally } from '../../support/processes';
import { until } from '../../support/waiting';

/** A handler that throws until it is mended, and whose tries can be held. */
function held() {
  let tries = 0;
  let isMended = false;
  let release = (): void => undefined;
  const gate = new Promise<void>(resolve => (release = resolve));
  return {
    tries: () => tries,
    /** Lets the second try fail, and all later ones succeed. */
    mend(): void {
      isMended = true;
      release();
    },
    async handle(): Promise<void> {
      const fails = ++tries <= 2 || !isMended;
      if (tries === 2) await gate;
      if (fails) throw new Error('no');
    },
  };
}

onEachStore(processes => {
  test('settled() waits for a retry that is due in another process, or when the segment has found its next owner', async () => {
    let tries = 0;
    const failing = tally({ retry: { attempts: 3, delay: 200, maxDelay: 200 } }, () => {
      if (++tries < 3) throw new Error('not yet');
    });
    processes().start([failing]);
    await happen(processes().store, ['a']);
    await until(() => tries > 0);
    const other = processes().start([failing]);
    await other.settled();
    expect([tries, await other.of('tally').deadLetters()]).toEqual([3, []]);
  });

  const parked = async (handler: ReturnType<typeof held>) => {
    const projections = processes().start([tally({ retry: { attempts: 1 } }, handler.handle)], {
      leaseDuration: 10_000,
    });
    await happen(processes().store, ['a']);
    await projections.settled();
    expect(await projections.of('tally').deadLetters()).toHaveLength(1);
    return projections;
  };

  test('a retry that another process asks for while a try is under way is not forgotten when that try fails', async () => {
    const handler = held();
    const projections = await parked(handler);
    const looking = processes().start([tally()], { follow: false });
    const first = projections.of('tally').retry();
    await until(async () => handler.tries() === 2);
    expect(await looking.of('tally').retry()).toBe(1);
    handler.mend();
    expect(await first).toBe(1);
    await until(async () => (await looking.of('tally').deadLetters()).length === 0);
    expect(handler.tries()).toBe(3);
  });

  test('a retry() while a try is under way resolves when its own try has been', async () => {
    const handler = held();
    const projections = await parked(handler);
    const first = projections.of('tally').retry();
    await until(async () => handler.tries() === 2);
    const second = projections.of('tally').retry();
    const settled = second.then(() => projections.settled());
    handler.mend();
    expect([await first, await second]).toEqual([1, 1]);
    expect(await projections.of('tally').deadLetters()).toEqual([]);
    await settled;
    expect(handler.tries()).toBe(3);
  });
});
