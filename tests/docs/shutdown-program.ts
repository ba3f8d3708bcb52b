import 'reflect-metadata';
import { createServer } from 'node:http';
import { bootstrap, Module } from 'eventuality';
import { sqlite } from 'eventuality/sqlite';
import { CreateTodo, Todo } from '../domain/todo';

// A server that is asked to end: the page on shutdown shows it, a test runs it. Prints what it does.

const { file, hanging } = JSON.parse(process.argv[2]!) as { file: string; hanging: boolean };

@Module({ components: [Todo] })
class TodoModule {}

async function main(): Promise<void> {
  // #region shutdown
  const flow = await bootstrap(TodoModule, { eventStore: sqlite(file), closeTimeout: 5_000 });
  const server = createServer(async (request, response) => {
    const { succeeded } = await flow.dispatch(new CreateTodo(request.url!.slice(1), 'Buy milk'));
    response.end(String(succeeded));
  });
  server.listen(0);

  const shutDown = async () => {
    setTimeout(() => process.exit(1), 8_000).unref(); // an overall limit, below that of the platform
    await new Promise(resolve => server.close(resolve)); // no new requests; running ones are answered
    await flow.close(); // no new commands; running ones end, then listeners, projections, snapshots, the store
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void shutDown());
  // #endregion shutdown
  flow.eventBus.subscribe('TodoCreated', async ({ aggregateId }) => {
    if (hanging) await new Promise(() => undefined);
    await new Promise(resolve => setTimeout(resolve, 200));
    console.log(`heard ${aggregateId}`);
  });
  server.on('listening', () => console.log(`listening ${(server.address() as { port: number }).port}`));
}

void main();
