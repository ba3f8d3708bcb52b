// A process manager of which each input leads to a command, an outcome and a deadline; and many instances that wait.
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

const TIMEOUT = 600_000;
const AT_ONCE = 500;
const HOUR = 3_600_000;
const NAME = 'fulfilment';

export const orderId = index => `order-${index}`;

/** Appends so many orders from one on. */
export async function place(store, first, count) {
  for (let done = 0; done < count; done += AT_ONCE) {
    const outcome = await store.append(
      Array.from({ length: Math.min(AT_ONCE, count - done) }, (_, index) => ({
        stream: { aggregateName: 'Order', aggregateId: orderId(first + done + index) },
        expected: 'none',
        events: [{ name: 'OrderPlaced', payload: { cents: 900 } }],
      })),
    );
    if (!outcome.ok) throw new Error(`${outcome.conflicts[0].stream.aggregateId} conflicts`);
  }
}

/** @param open opens the store: a Flow closes its own, so each round needs another */
export async function managed(open) {
  const { defineAggregate, Event, Flow } = await import('../../dist/index.js');
  const { deadline, defineProcess, send } = await import('../../dist/processes.js');
  const Confirmation = defineAggregate({
    name: 'Confirmation',
    state: {},
    commands: {
      ConfirmOrder: {
        creates: true,
        decide: (_, { id, cents }) => Event({ aggregateId: id, name: 'OrderConfirmed', payload: { cents } }),
      },
    },
  });
  const process = defineProcess({
    ...{ name: NAME, state: { cents: 0 }, correlate: ({ aggregateId }) => aggregateId, sends: ['ConfirmOrder'] },
    starts: {
      OrderPlaced: (state, { cents }, { instance }) => {
        state.cents = cents;
        const command = { name: 'ConfirmOrder', message: { id: instance, cents } };
        return [send(command), deadline('payment', { in: HOUR })];
      },
    },
    deadlines: { payment: () => undefined },
  });
  const follow = async eventStore => {
    const flow = new Flow({ eventStore, aggregates: [Confirmation], processors: [process] });
    await flow.processors.ready();
    return flow;
  };
  // What is placed from here on is news to it.
  const first = await follow(await open());
  await first.processors.settled({ timeout: TIMEOUT });
  await first.close();
  let flow;
  return {
    async place(from, count) {
      const store = await open();
      await place(store, from, count);
      await store.close();
    },
    async catchUp() {
      flow = await follow(await open());
      await flow.processors.settled({ timeout: TIMEOUT });
    },
    end: () => flow.close(),
    /** Returns how many commands took effect, and how many deadlines wait. */
    async done() {
      const store = await open();
      const counted = { confirmed: 0, waiting: 0 };
      for (let after = 0n; ; ) {
        const page = await store.readAll({ after, limit: 1000, names: ['OrderConfirmed'] });
        counted.confirmed += page.length;
        if (page.length < 1000) break;
        after = page.at(-1).position;
      }
      for (let after; ; ) {
        const page = await store.projections.processes.deadlines(NAME, { limit: 1000, ...(after && { after }) });
        counted.waiting += page.length;
        if (page.length < 1000) break;
        after = { instance: page.at(-1).instance, key: page.at(-1).key };
      }
      await store.close();
      return counted;
    },
  };
}

/** Fills a store with instances, some of which have a deadline in an hour and one each that is due. */
export async function fillInstances(store, { instances, deadlines, due = 0 }) {
  const checkpoint = { projection: NAME, version: 1, segment: 0 };
  const { projections } = store;
  // Makes the process known to the store.
  const { processors } = await waitingFlow(store);
  await processors.close();
  const position = await projections.checkpoint(checkpoint);
  const at = new Date().toISOString();
  for (let done = 0; done < instances; done += AT_ONCE) {
    const indexes = Array.from({ length: Math.min(AT_ONCE, instances - done) }, (_, index) => done + index);
    const document = { status: 'running', run: 1, version: 1, startedAt: at, changedAt: at, state: { cents: 900 } };
    const outcome = await projections.commit({
      ...{ checkpoint, from: position, to: position },
      writes: indexes.map(index => ({
        ...{ readModel: `${NAME}/instances`, version: 1, id: orderId(index), document: { ...document, deadlines: {} } },
      })),
      process: {
        deadlines: indexes
          .filter(index => index < deadlines)
          .map(index => ({
            ...{ instance: orderId(index), hash: index, key: 'payment', id: `deadline-${index}`, run: 1 },
            ...{ dueAt: Date.now() + (index < due ? -HOUR : HOUR) + index, content: {} },
          })),
      },
    });
    if (!outcome.ok) throw new Error('the instances cannot be stored');
  }
}

/** Milliseconds for a question for what is due, of so many. */
export async function looking(store, looks) {
  const segment = { process: NAME, segments: 1, segment: 0 };
  const { deadlines } = await store.projections.processes.due([segment], 100);
  const start = performance.now();
  for (let look = 0; look < looks; look++) await store.projections.processes.due([segment], 100);
  return { milliseconds: (performance.now() - start) / looks, found: deadlines.length };
}

/** Queries a second of a flow that has nothing to do, and has not had for a minute. */
export async function idle({ store, asked }, milliseconds) {
  const flow = await waitingFlow(store);
  await sleep(60_000);
  const [before, start] = [asked(), performance.now()];
  await sleep(milliseconds);
  const value = ((asked() - before) * 1000) / (performance.now() - start);
  await flow.close();
  return value;
}

/** A flow with a process manager that does nothing but wait. */
async function waitingFlow(eventStore) {
  const { Flow } = await import('../../dist/index.js');
  const { defineProcess } = await import('../../dist/processes.js');
  const process = defineProcess({
    ...{ name: NAME, state: { cents: 0 }, correlate: ({ aggregateId }) => aggregateId },
    starts: { OrderPlaced: () => undefined },
    deadlines: { payment: () => undefined },
  });
  const flow = new Flow({ eventStore, processors: [process] });
  await flow.processors.ready();
  await flow.processors.settled({ timeout: TIMEOUT });
  return flow;
}
