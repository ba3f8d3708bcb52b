import { DueLook } from '../../../src/processing/processes/work/due-look';
import { InMemoryProjectionStore, type ProcessStore } from '../../../src/store';
import { deadline, keysOf, PROCESS } from '../../../src/testing/process-store-contract/fixtures';

/** Looks for the deadlines of two segments in a store whose answers can be held back. */
class Scene {
  readonly processes: ProcessStore;
  readonly #segments;
  #held: Promise<void> | undefined;

  constructor() {
    this.processes = new InMemoryProjectionStore().processes;
    const { processes } = this;
    const slow: ProcessStore = Object.create(processes, {
      due: {
        value: async (...given: Parameters<ProcessStore['due']>) => {
          const answer = await processes.due(...given);
          await this.#held;
          return answer;
        },
      },
    });
    const look = new DueLook(slow, Date.now);
    this.#segments = [0, 1].map(segment => look.begin({ process: PROCESS, segments: 2, segment }, () => undefined));
  }

  get first() {
    return this.#segments[0]!;
  }

  get second() {
    return this.#segments[1]!;
  }

  hold(): () => void {
    const { promise, resolve } = withResolvers();
    this.#held = promise;
    return resolve;
  }

  end(): void {
    for (const segment of this.#segments) segment.end();
  }
}

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>(done => {
    resolve = done;
  });
  return { promise, resolve };
}

let scene: Scene;
beforeEach(() => {
  scene = new Scene();
});
afterEach(() => scene.end());

test('one look finds what is due for all segments', async () => {
  await scene.processes.schedule(PROCESS, [deadline('a', 1, { hash: 0 }), deadline('b', 1, { hash: 1 })]);
  expect(keysOf(await scene.first.take())).toEqual(['a']);
  expect(keysOf(await scene.second.take())).toEqual(['b']);
  expect(await scene.first.take()).toEqual([]);
});

test.each(['is being answered', 'was answered'])(
  'a segment does not get what it has taken care of since a look that %s',
  async when => {
    await scene.processes.schedule(PROCESS, [deadline('gone', 1, { hash: 1 }), deadline('left', 2, { hash: 1 })]);
    const open = scene.hold();
    const looking = scene.first.take();
    await new Promise(setImmediate);
    if (when === 'was answered') {
      open();
      await looking;
    }
    await scene.processes.unschedule(PROCESS, 'order-1', 'gone');
    scene.second.outdate();
    open();
    await looking;
    expect(keysOf(await scene.second.take())).toEqual(['left']);
  },
);
