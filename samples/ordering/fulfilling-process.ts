import 'reflect-metadata';
import { bootstrap } from 'eventuality';
import { postgres } from 'eventuality/postgres';
import { loggingDeadlines } from './deadlines';
import { logging, type Print, silent } from './log';
import { OrderingModule } from './module';

/** What such a process tells the one that has started it. */
export type Told = { readonly ready: true } | { readonly line: string } | { readonly failed: string };

const tell = (told: Told): void => void process.send!(told);
const print: Print = line => tell({ line });

/** A program that lets the process manager work, until it is told to end, or has nothing to tell any more. */
async function main([connectionString, schema]: readonly string[]): Promise<void> {
  const flow = await bootstrap(OrderingModule, {
    eventStore: postgres({ connectionString: connectionString!, schema: schema!, logger: silent }),
    middleware: [logging(print)],
    adjustEventProcessor: loggingDeadlines(print),
    logger: silent,
  });
  await flow.processors.ready();
  process.once('message', () => flow.close().then(() => process.disconnect()));
  process.once('disconnect', () => flow.close());
  tell({ ready: true });
}

main(process.argv.slice(2)).catch(error => {
  process.send!({ failed: error.message } satisfies Told, () => process.exit(1));
});
