// Bootstraps an application of any size with eventuality, and dispatches commands of fifty kinds, which lie all over it.
import { performance } from 'node:perf_hooks';
import * as all from '../../../dist/index.js';
import { decorateClass, decorateMethod } from '../decorate.js';
import { HANDLERS, named } from './size.js';

const [aggregateCount, projectionCount, dispatches] = process.argv.slice(2).map(Number);
const KINDS = 50;
const EVENTS = 2;

let handled = 0;

function aggregate(number) {
  const type = named(`Aggregate${number}`, class extends all.AggregateRoot {});
  const events = Array.from({ length: EVENTS }, (_, index) => {
    const event = named(`Happened${number}x${index}`, class {});
    type.prototype[`happened${index}`] = () => handled++;
    decorateMethod(type, `happened${index}`, all.EventHandler(event));
    return event;
  });
  const commands = Array.from({ length: HANDLERS }, (_, index) => {
    const command = named(`Command${number}x${index}`, class {});
    const Event = events[index % EVENTS];
    type.prototype[`handle${index}`] = () => new Event();
    decorateMethod(type, `handle${index}`, all.CommandHandler(command, { creates: true }));
    return command;
  });
  decorateClass(type, all.Aggregate(`Aggregate${number}`));
  return { type, commands, events };
}

function projection(number, event) {
  const type = named(`Projection${number}`, class {});
  type.prototype.happened = (_, { documents, event: { aggregateId } }) => documents.set(aggregateId, {});
  decorateMethod(type, 'happened', all.EventHandler(event));
  decorateClass(type, all.Projection(`projection-${number}`));
  return type;
}

globalThis.gc();
const heapBefore = process.memoryUsage().heapUsed;
const start = performance.now();
const aggregates = Array.from({ length: aggregateCount }, (_, index) => aggregate(index));
const projections = Array.from({ length: projectionCount }, (_, index) =>
  projection(index, aggregates[index % aggregateCount].events[1]),
);
class AppModule {}
decorateClass(AppModule, all.Module({ components: [...aggregates.map(({ type }) => type), ...projections] }));
const declared = performance.now();
const flow = await all.bootstrap(AppModule, { eventStore: new all.InMemoryEventStore() });
const milliseconds = performance.now() - start;
globalThis.gc();
const heap = (process.memoryUsage().heapUsed - heapBefore) / 1e6;
const created = aggregates.flatMap(({ commands }) => commands.filter((_, index) => index % EVENTS === 0));
const kinds = Array.from({ length: KINDS }, (_, index) => created[Math.floor((index * created.length) / KINDS)]);
const times = [];
for (let index = 0; index < dispatches; index++) {
  const Command = kinds[index % KINDS];
  const before = performance.now();
  await flow.dispatch(Object.assign(new Command(), { id: `one-${index}` }));
  if (index >= dispatches / 2) times.push(performance.now() - before);
}
const microseconds = times.sort((a, b) => a - b)[times.length >> 1] * 1000;
console.log(
  JSON.stringify({ milliseconds, bootstrap: milliseconds - (declared - start), heap, microseconds, handled }),
);
process.exit(0);
