import { postgres } from '../../src/postgres';

/** A process that appends as fast as it can, and says which events were acknowledged. It is there to be killed. */
async function write([connectionString, schema, name]: readonly string[]): Promise<void> {
  const store = postgres({ connectionString: connectionString!, schema: schema! });
  await store.ready();
  const writer = async (number: number): Promise<never> => {
    for (;;) {
      const stream = { aggregateName: 'Killed', aggregateId: `${name}-${number}` };
      const outcome = await store.append([{ stream, expected: 'any', events: [{ name: 'N', payload: {} }] }]);
      if (outcome.ok) process.stdout.write(`${outcome.events[0]!.id}\n`);
    }
  };
  await Promise.all(Array.from({ length: 16 }, (_, number) => writer(number)));
}

void write(process.argv.slice(2));
