import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventBus, type FailureContext, InMemoryEventStore, type RecordedEvent } from 'eventuality';
import { TodoCompleted, TodoCreated } from '../../domain/todo';
import { SILENT } from '../../support/logger';

/** Records events of these names in a store, so that the bus gets what it gets in an application. */
async function recorded(...names: string[]): Promise<readonly RecordedEvent[]> {
  const events = names.map(name => ({ name, payload: { description: name } }));
  const outcome = await new InMemoryEventStore().append([
    { stream: { aggregateName: 'Todo', aggregateId: '1' }, expected: 'none', events },
  ]);
  if (!outcome.ok) throw new Error('The store refused.');
  return outcome.events;
}

describe('an event bus', () => {
  test('calls every listener of an event, by name, by class and by map', async () => {
    const bus = new EventBus();
    const calls: string[] = [];
    bus.subscribe('TodoCreated', ({ name }) => calls.push(`by name ${name}`));
    bus.subscribe(TodoCreated, ({ payload }) =>
      calls.push(`by class ${payload instanceof TodoCreated} ${payload.description}`),
    );
    bus.subscribe({
      TodoCreated: [() => calls.push('map 1'), () => calls.push('map 2')],
      TodoCompleted: () => calls.push('map 3'),
    });
    bus.subscribeAll(({ name }) => calls.push(`all ${name}`));
    bus.publish(await recorded('TodoCreated', 'TodoCompleted'));
    await bus.drain();
    expect(calls.sort()).toEqual([
      'all TodoCompleted',
      'all TodoCreated',
      'by class true TodoCreated',
      'by name TodoCreated',
      'map 1',
      'map 2',
      'map 3',
    ]);
  });

  test('returns before any listener runs', async () => {
    const bus = new EventBus();
    let called = false;
    bus.subscribe('A', () => {
      called = true;
    });
    bus.publish(await recorded('A'));
    expect(called).toBe(false);
    await bus.drain();
    expect(called).toBe(true);
  });

  test('hands out what a listener publishes, after what waits already', async () => {
    const bus = new EventBus();
    const [a, b, c] = await recorded('A', 'B', 'C');
    const calls: string[] = [];
    bus.subscribe('A', () => bus.publish([c!]));
    bus.subscribe('B', () => bus.publish([c!]));
    bus.subscribeAll(({ name }) => calls.push(name));
    bus.publish([a!, b!]);
    await bus.drain();
    expect(calls).toEqual(['A', 'B', 'C', 'C']);
  });

  test('delivers to a listener that has unsubscribed what was published before, and waits for it', async () => {
    const bus = new EventBus();
    const calls: string[] = [];
    const unsubscribe = bus.subscribe('A', async ({ name }) => {
      await sleep(10);
      calls.push(name);
    });
    bus.publish(await recorded('A', 'A'));
    unsubscribe();
    bus.publish(await recorded('A'));
    await bus.drain();
    expect(calls).toEqual(['A', 'A']);
  });

  test('keeps the order of events for a listener that takes its time, and lets others go ahead', async () => {
    const bus = new EventBus();
    const slow: string[] = [];
    const quick: string[] = [];
    const slowly = async ({ name }: RecordedEvent): Promise<void> => {
      await sleep(name === 'A' ? 20 : 0);
      slow.push(name);
    };
    bus.subscribe({ A: slowly, B: slowly, C: slowly });
    bus.subscribeAll(({ name }) => quick.push(name));
    bus.publish(await recorded('A', 'B', 'C'));
    await sleep(5);
    expect(quick).toEqual(['A', 'B', 'C']);
    expect(slow).toEqual([]);
    await bus.drain();
    expect(slow).toEqual(['A', 'B', 'C']);
  });

  test('goes on after a listener that throws or rejects, and reports each failure once', async () => {
    const failures: string[] = [];
    const logged: string[] = [];
    const bus = new EventBus({
      logger: { ...SILENT, error: (_, message) => logged.push(message) },
      onError: (error, { kind, event }) => failures.push(`${kind} ${event!.name}: ${(error as Error).message}`),
    });
    const heard: string[] = [];
    bus.subscribe({
      A: () => {
        throw new Error('thrown');
      },
      B: () => Promise.reject(new Error('rejected')),
      C: () => heard.push('C after the failures'),
    });
    bus.subscribe('A', () => heard.push('A elsewhere'));
    bus.publish(await recorded('A', 'B', 'C'));
    await bus.drain();
    expect(failures).toEqual(['listener A: thrown', 'listener B: rejected']);
    expect(logged).toEqual([
      "The listener 'A' failed with A of Todo '1', version 1.",
      "The listener 'B' failed with B of Todo '1', version 2.",
    ]);
    expect(heard.sort()).toEqual(['A elsewhere', 'C after the failures']);
  });

  test('survives a hook that throws', async () => {
    const written: string[] = [];
    const sink = new Writable({ write: (chunk, _encoding, done) => done(void written.push(String(chunk))) });
    const console = jest.replaceProperty(globalThis, 'console', new Console(sink));
    const bus = new EventBus({
      logger: SILENT,
      onError: () => {
        throw new Error('the hook is broken too');
      },
    });
    const heard: string[] = [];
    bus.subscribe({ A: () => Promise.reject(new Error('first')), B: () => heard.push('B') });
    bus.publish(await recorded('A', 'B'));
    await bus.drain();
    expect(heard).toEqual(['B']);
    console.restore();
    expect(written.join('')).toContain('The error hook failed while a failure was reported.');
    expect(written.join('')).toContain('the hook is broken too');
  });

  test('stops calling a listener whose subscription was ended', async () => {
    const bus = new EventBus();
    const heard: string[] = [];
    const end = bus.subscribe({ A: () => heard.push('A'), B: () => heard.push('B') });
    const endAll = bus.subscribeAll(({ name }) => heard.push(`all ${name}`));
    bus.publish(await recorded('A'));
    await bus.drain();
    end();
    endAll();
    bus.publish(await recorded('A', 'B'));
    await bus.drain();
    expect(heard.sort()).toEqual(['A', 'all A']);
  });

  test('gives every listener the same events, which none of them can change', async () => {
    const bus = new EventBus({ logger: SILENT });
    const events = await recorded('A');
    const seen: RecordedEvent[] = [];
    bus.subscribe('A', event => {
      (event.payload as { description: string }).description = 'changed';
    });
    bus.subscribe('A', event => seen.push(event));
    bus.publish(events);
    await bus.drain();
    expect(seen).toEqual([expect.objectContaining({ payload: { description: 'A' } })]);
  });

  test('revives the payload for a listener by class when a store returns plain data', async () => {
    const bus = new EventBus();
    const seen: unknown[] = [];
    bus.subscribe(TodoCompleted, event =>
      seen.push(event.payload instanceof TodoCompleted, event.aggregateId, Object.isFrozen(event)),
    );
    bus.publish(await recorded('TodoCompleted'));
    await bus.drain();
    expect(seen).toEqual([true, '1', true]);
  });

  test('delivers a long queue in order', async () => {
    const bus = new EventBus();
    const versions: number[] = [];
    bus.subscribe('A', async ({ version }) => {
      if (version % 100 === 0) await sleep(0);
      versions.push(version);
    });
    const events = await recorded(...Array.from({ length: 1000 }, () => 'A'));
    for (let round = 0; round < 3; round++) bus.publish(events);
    await bus.drain();
    const once = Array.from({ length: 1000 }, (_, index) => index + 1);
    expect(versions).toEqual([...once, ...once, ...once]);
  });

  test("wraps each delivery in middleware, whose failure counts as the listener's", async () => {
    const failures: unknown[] = [];
    const path: string[] = [];
    const bus = new EventBus({ logger: SILENT, onError: error => failures.push(error) });
    bus.use(async ({ event, listener }, next) => {
      path.push(`before ${event.name} ${typeof listener}`);
      const result = await next({ event, listener, context: undefined as never });
      path.push(`after ${result}`);
      return result;
    });
    bus.use((delivery, next) =>
      delivery.event.name === 'B' ? Promise.reject(new Error('B is not delivered')) : next(delivery),
    );
    bus.subscribe({ A: () => 'heard', B: () => path.push('never') });
    bus.publish(await recorded('A', 'B', 'A'));
    await bus.drain();
    expect(path).toEqual(['before A function', 'after heard', 'before B function', 'before A function', 'after heard']);
    expect(failures).toEqual([new Error('B is not delivered')]);
  });

  test('says that it belongs to no flow when a listener dispatches or asks', async () => {
    const failures: unknown[] = [];
    const bus = new EventBus({ logger: SILENT, onError: error => failures.push((error as { code?: string }).code) });
    bus.subscribe('A', (_, context) => context.dispatch({ name: 'X', message: {} }));
    bus.subscribe('A', (_, context) => context.query({ name: 'X', message: {} }));
    bus.publish(await recorded('A'));
    await bus.drain();
    expect(failures).toEqual(['NO_FLOW', 'NO_FLOW']);
  });

  test('names the listener that failed, also one by class', async () => {
    const names: string[] = [];
    const bus = new EventBus({ logger: SILENT, onError: (_, { name }) => names.push(name) });
    bus.subscribe(TodoCreated, function audit() {
      throw new Error('no space left');
    });
    bus.subscribe(
      'TodoCreated',
      (
        () => () =>
          Promise.reject(new Error('away'))
      )(),
    );
    bus.publish(await recorded('TodoCreated'));
    await bus.drain();
    expect(names).toEqual(['audit', 'a function without a name']);
  });

  test('waits for a listener until the time is over, and says which one holds it up', async () => {
    const failures: [unknown, FailureContext][] = [];
    const logged: [object, string][] = [];
    const logger = { ...SILENT, error: (details: object, message: string) => void logged.push([details, message]) };
    const bus = new EventBus({ logger, onError: (...failure) => failures.push(failure) });
    const heard: string[] = [];
    let goOn = (): void => undefined;
    bus.subscribe({
      A: function hanging() {
        return new Promise<void>(resolve => {
          goOn = resolve;
        });
      },
      B: ({ name }) => heard.push(name),
    });
    bus.subscribe('A', () => heard.push('A elsewhere'));
    bus.publish(await recorded('A', 'B', 'B'));
    expect(await bus.drain({ timeout: 30 })).toBe(false);
    expect(heard).toEqual(['A elsewhere']);
    expect(failures).toEqual([
      [
        expect.objectContaining({ code: 'LISTENER_TIMEOUT', listener: 'hanging', timeout: 30, waiting: 2 }),
        { kind: 'listener', name: 'hanging', event: expect.objectContaining({ name: 'A', version: 1 }) },
      ],
    ]);
    expect(logged.map(([, message]) => message)).toEqual([
      "The listener 'hanging' failed with A of Todo '1', version 1; it is not waited for any longer.",
    ]);
    goOn();
    expect(await bus.drain({ timeout: 1000 })).toBe(true);
    expect(heard).toEqual(['A elsewhere', 'B', 'B']);
    expect(failures).toHaveLength(1);
  });

  test('does not wait for what a listener begins and does not await', async () => {
    const bus = new EventBus();
    const ended: string[] = [];
    bus.subscribe('A', () => {
      void sleep(20).then(() => ended.push('later'));
    });
    bus.publish(await recorded('A'));
    await bus.drain();
    expect(ended).toEqual([]);
    await sleep(40);
    expect(ended).toEqual(['later']);
  });

  test('refuses what is no function, all of it at once', () => {
    const bus = new EventBus();
    expect(() => bus.subscribe({ A: undefined as never, B: () => undefined, C: 'x' as never })).toThrow(
      expect.objectContaining({
        code: 'INVALID_CONFIGURATION',
        faults: [expect.stringContaining('of A'), expect.stringContaining('of C')],
      }),
    );
  });
});
