// Bootstraps 100 aggregates of 10 commands each with eventuality, and dispatches one command.
import { performance } from 'node:perf_hooks';
import * as all from '../../../dist/index.js';
import { decorateClass, decorateMethod } from '../decorate.js';
import { AGGREGATES, HANDLERS, named } from './size.js';

class Happened {}

let handled = 0;

function aggregate(number) {
  const type = named(`Aggregate${number}`, class extends all.AggregateRoot {});
  type.prototype.happened = () => handled++;
  const commands = Array.from({ length: HANDLERS }, (_, index) => {
    const command = named(`Command${number}x${index}`, class {});
    type.prototype[`handle${index}`] = () => new Happened();
    decorateMethod(type, `handle${index}`, all.CommandHandler(command, { creates: true }));
    return command;
  });
  decorateMethod(type, 'happened', all.EventHandler(Happened));
  decorateClass(type, all.Aggregate(`Aggregate${number}`));
  return { type, commands };
}

const start = performance.now();
const aggregates = Array.from({ length: AGGREGATES }, (_, index) => aggregate(index));
class AppModule {}
decorateClass(AppModule, all.Module({ components: aggregates.map(({ type }) => type) }));
const flow = await all.bootstrap(AppModule, { eventStore: new all.InMemoryEventStore() });
const milliseconds = performance.now() - start;
const Last = aggregates.at(-1).commands.at(-1);
await flow.dispatch(Object.assign(new Last(), { id: 'one' }));
console.log(JSON.stringify({ milliseconds, handled }));
