// Starts a Nest application with 200 classes of command handlers, for EventualityModule or @nestjs/cqrs, and dispatches one command.
import { performance } from 'node:perf_hooks';
import { decorateClass, decorateMethod } from '../decorate.js';
import { packages, started } from '../nestjs/packages.js';
import { named } from './size.js';

const HANDLERS = 200;
const { nest, cqrs, all, EventualityModule } = await packages();
let handled = 0;

const withFlow = process.argv[2] === 'eventuality';

function handler(index) {
  const command = named(`Command${index}`, class {});
  const type = named(`Handler${index}`, class {});
  type.prototype.execute = async () => void handled++;
  if (withFlow) decorateMethod(type, 'execute', all.CommandHandler(command));
  else decorateClass(type, cqrs.CommandHandler(command));
  return { type, command };
}

// Otherwise what loading has left behind is collected during one of the starts.
globalThis.gc();
const start = performance.now();
const handlers = Array.from({ length: HANDLERS }, (_, index) => handler(index));
const app = await started(nest, {
  imports: [withFlow ? EventualityModule.forRoot() : cqrs.CqrsModule.forRoot()],
  providers: handlers.map(({ type }) => type),
});
const milliseconds = performance.now() - start;
const command = new (handlers.at(-1).command)();
await (withFlow ? app.get(all.Flow).dispatch(command) : app.get(cqrs.CommandBus).execute(command));
console.log(JSON.stringify({ milliseconds, handled }));
process.exit(0);
