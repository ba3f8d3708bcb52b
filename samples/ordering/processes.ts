import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Application, bootstrap } from 'eventuality';
import { postgres } from 'eventuality/postgres';
import { Client } from 'pg';
import { audit } from './audit';
import { ORDERS, pay, placeOrders } from './customers';
import { Fulfilment } from './fulfilment';
import { historyLines } from './history';
import { logging, type Print, silent } from './log';
import { OrderingModule } from './module';
import { Worker } from './workers';

/** After how many commands one of the processes is killed. */
const KILL_AFTER = 2 * ORDERS;
const TIMEOUT_MS = 60_000;

/**
 * Plays with several processes, of which one is killed; all of them, if the signal is aborted.
 * @throws if an order did not end exactly once, and if the signal is aborted
 */
export async function playWithProcesses(
  count: number,
  url: string,
  print: Print,
  signal: AbortSignal | undefined,
): Promise<void> {
  const schema = `ordering_${randomUUID().replaceAll('-', '')}`;
  const flow = await bootstrap(OrderingModule, {
    eventStore: postgres({ connectionString: url, schema, logger: silent }),
    middleware: [logging(line => print(`    ${line}`))],
    // Here are only the customers.
    follow: false,
    logger: silent,
  });
  // What is under way then fails.
  signal?.addEventListener('abort', () => flow.close().catch(() => undefined), { once: true });
  let isMade = false;
  try {
    // Makes the schema; where there is no server, this says so.
    await flow.eventStore.readAll({ limit: 1 });
    isMade = true;
    await report(flow, await play(flow, count, { url, schema, signal }, print), print);
  } finally {
    await flow.close();
    if (isMade) await dropped(url, schema);
  }
}

/** Returns the order for which the process that was killed was sending a command. */
async function play(
  flow: Application,
  count: number,
  place: { readonly url: string; readonly schema: string; readonly signal: AbortSignal | undefined },
  print: Print,
): Promise<string | undefined> {
  let killedAt: string | undefined;
  const workers: Worker[] = [];
  const closing = new AbortController();
  const sends = (worker: Worker, line: string): void => {
    if (killedAt !== undefined || workers.reduce((sum, { sent }) => sum + sent, 0) < KILL_AFTER) return;
    worker.kill();
    killedAt = /"(?:orderId|id)":"(\w+)"/.exec(line)?.[1] ?? '';
    print(`\nProcess ${worker.number} is killed.\n`);
  };
  const killAll = (): void => {
    for (const worker of workers) worker.kill();
  };
  place.signal?.addEventListener('abort', killAll, { once: true });
  try {
    place.signal?.throwIfAborted();
    for (let number = 1; number <= count; number++) workers.push(new Worker(number, place, print, sends));
    await Promise.all(workers.map(worker => worker.ready()));
    const paying = pay(flow, closing.signal);
    await Promise.all([placeOrders(flow), Promise.race([paying, ended(flow)])]);
  } finally {
    closing.abort();
    await Promise.all(workers.map(worker => worker.end()));
  }
  print('');
  for (const { number, sent, wasKilled } of workers)
    print(`Process ${number} sent ${sent} commands${wasKilled ? ', until it was killed' : ''}.`);
  return killedAt;
}

/** Resolves when all orders have ended, or should have long ago. */
async function ended(flow: Application): Promise<void> {
  const processes = flow.processManagers.of(Fulfilment);
  for (const until = Date.now() + TIMEOUT_MS; Date.now() < until; await sleep(100)) {
    const ends = await flow.eventStore.readAll({ names: ['OrderCompleted', 'OrderCancelled'] });
    const { items } = await processes.find({ status: 'ended', limit: 1000 });
    if (ends.length >= ORDERS && items.length >= ORDERS) return;
  }
}

async function report(flow: Application, killed: string | undefined, print: Print): Promise<void> {
  if (killed) {
    print('');
    for (const line of historyLines(await flow.processManagers.of(Fulfilment).history(killed))) print(line);
  }
  const { ends, faults } = audit(await flow.eventStore.readAll());
  print(`\n${ORDERS} orders were placed.`);
  for (const [end, number] of ends) print(`${String(number).padStart(3)}  ${end}`);
  if (killed === undefined) throw new Error('No process was killed: none has sent enough commands.');
  if (faults.length > 0) throw new Error(`Not every order ended exactly once: ${faults.join('; ')}.`);
  print('Every order ended exactly once.');
}

async function dropped(url: string, schema: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`drop schema if exists "${schema}" cascade`);
  } finally {
    await client.end();
  }
}
