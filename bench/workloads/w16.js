// Eventuality in a Nest application beside @nestjs/cqrs: commands, published events, and the start.
import { execFileSync } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { check } from '../lib/check.js';
import { inFlight } from '../lib/in-flight.js';
import { versions as nestVersions } from '../lib/nest.js';
import { withBus, withFlow } from '../lib/nestjs/commands.js';
import { versions } from '../lib/nestjs/packages.js';
import { alone, stored, withOutbox } from '../lib/nestjs/published.js';
import { server } from '../lib/postgres/server.js';
import { median } from '../lib/report.js';
import { describe } from '../lib/todo.js';
import { versionsOf } from '../lib/versions.js';

const AGGREGATES = 100;
const START = fileURLToPath(new URL('../lib/start/nest-handlers.js', import.meta.url));

const contender = (group, id, title, own, app) => ({ id, title, versions: own, workloads: { [group]: app } });

const commands = (id, order, title, scoped) => ({
  ...{
    id,
    order,
    group: 'w16',
    unit: 'commands/s',
    params: { scoped },
    references: ['nest'],
    prepare: prepareCommands,
  },
  title: `a command to a ${title} handler class in a Nest application: load 3 events, append 1, one listener`,
  contenders: [
    contender('w16', 'eventuality', 'EventualityModule', versions, withFlow),
    contender('w16', 'nest', '@nestjs/cqrs, the same store', versions, withBus),
  ],
});

const published = (concurrency, order) => ({
  ...{
    id: `w16-published-${concurrency}`,
    order,
    group: 'w16-published',
    unit: 'events/s',
    params: { concurrency },
    warmUps: 1,
  },
  title: `PostgreSQL: an event published with @nestjs/cqrs until its handler is done, ${concurrency} in flight`,
  references: ['outbox'],
  setup: () => server(),
  prepare: preparePublished,
  contenders: [
    contender('w16-published', 'stored', 'stored by EventualityCqrsModule', versions, stored),
    contender('w16-published', 'outbox', 'an INSERT by hand before', () => outboxVersions(), withOutbox),
    contender('w16-published', 'alone', 'in memory', nestVersions, alone),
  ],
});

const outboxVersions = async () => ({ ...(await nestVersions()), ...versionsOf(['pg']) });

export default [
  commands('w16-static', 160, 'static', false),
  commands('w16-scoped', 161, 'request-scoped', true),
  published(1, 162),
  published(64, 163),
  {
    ...{ id: 'w16-start', order: 164, unit: 'ms', references: ['nest'], warmUps: 1, prepare: prepareStart },
    title: 'start of a Nest application with 200 handler classes, the packages being loaded (less is better)',
    contenders: [
      contender('w16-start', 'eventuality', 'EventualityModule', versions, () => ({ program: 'eventuality' })),
      contender('w16-start', 'nest', '@nestjs/cqrs', nestVersions, () => ({ program: 'nest' })),
    ],
  },
];

/** @param app `{ seed(id, texts), rename(id, text), calls(), stream(id), reset() }` */
async function prepareCommands(app, { quick, scoped }) {
  const batches = (quick ? 50 : 200) / (scoped ? 5 : 1);
  let ids = 0;
  return async function round() {
    let seconds = 0;
    for (let batch = 0; batch < batches; batch++) {
      const todos = Array.from({ length: AGGREGATES }, () => `todo-${++ids}`);
      const texts = id => ['', 'first', 'second'].map(what => describe(id, what));
      for (const id of todos) await app.seed(id, texts(id));
      const before = app.calls();
      const start = performance.now();
      for (const id of todos) await app.rename(id, describe(id, 'third'));
      for (let turn = 0; app.calls() < before + AGGREGATES; turn++) {
        check(turn < 1e6, `${app.calls() - before} of ${AGGREGATES} listener calls`);
        await undefined;
      }
      seconds += (performance.now() - start) / 1000;
      for (const id of [todos[0], todos.at(-1)]) {
        const { events, text } = await app.stream(id);
        check(events === 4 && text === describe(id, 'third'), `${id} has ${events} events and ends with '${text}'`);
      }
      app.reset();
    }
    return { operations: batches * AGGREGATES, seconds };
  };
}

/** @param app `{ publish(id), handled() }` */
async function preparePublished(app, { quick, concurrency }) {
  const operations = (concurrency === 1 ? 250 : 1000) * (quick ? 1 : 4);
  return async function round() {
    const wanted = app.handled() + operations;
    const start = performance.now();
    await inFlight(
      concurrency,
      index => index < operations,
      index => app.publish(`order-${wanted}-${index}`),
    );
    while (app.handled() < wanted) {
      check(performance.now() - start < 60_000, `${wanted - app.handled()} events are not handled`);
      await new Promise(resolve => setImmediate(resolve));
    }
    check(app.handled() === wanted, `${app.handled()} events were handled, not ${wanted}`);
    return { operations, seconds: (performance.now() - start) / 1000 };
  };
}

/** @param app `{ program }`, which application `lib/start/nest-handlers.js` starts */
async function prepareStart({ program }, { quick }) {
  return async function round() {
    const times = Array.from({ length: quick ? 3 : 5 }, () => {
      const { milliseconds, handled } = JSON.parse(
        execFileSync(process.execPath, ['--expose-gc', START, program], { encoding: 'utf8' }),
      );
      check(handled === 1, `${handled} commands were handled`);
      return milliseconds;
    });
    return { value: median(times) };
  };
}
