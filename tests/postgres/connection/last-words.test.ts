import type { Socket } from 'node:net';
import { stream, to } from '../../support/events';
import { StandingProxy } from '../../support/proxies/standing-proxy';
import { TestSchema, url } from '../../support/stores/schema';

const READY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

/** What the server says when an administrator ends a connection. */
function farewell(): Buffer {
  const fields = Buffer.from('SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0');
  const length = Buffer.alloc(4);
  length.writeInt32BE(fields.length + 4);
  return Buffer.concat([Buffer.from('E'), length, fields]);
}

/** Ends connections in the same packet in which the server says that all is well. */
class LastWords extends StandingProxy {
  /** How many answers to let pass first, and how many connections to end then. */
  passing = 0;
  ending = 0;

  protected answer(data: Buffer, client: Socket): void {
    const ready = data.subarray(-READY.length).equals(READY);
    if (!ready || this.ending === 0 || this.passing-- > 0) return void client.write(data);
    this.ending--;
    client.end(Buffer.concat([data, farewell()]));
  }
}

const schema = new TestSchema(__filename);
const lastWords = new LastWords(url);
beforeAll(() => lastWords.start());
afterAll(() => lastWords.stop());
const pool = () => schema.pool({ connectionString: lastWords.url('last-words') });

test.each([0, 1, 2, 3])(
  'goes on when a connection is ended in the same breath as an answer: the one after %p others',
  async passing => {
    const store = schema.open({ pool: pool() });
    const id = `last-${passing}`;
    await store.append([to(id, 'none')]);
    lastWords.passing = passing;
    lastWords.ending = 3;
    for (let version = 1; version <= 6; version++) {
      expect(await store.read(stream(id))).toHaveLength(version);
      expect(await store.append([to(id, version)])).toMatchObject({ ok: true });
    }
    expect(lastWords.ending).toBe(0);
  },
);

test('so does a transaction, on a connection that is new', async () => {
  const store = schema.open({ pool: pool() });
  await store.ready();
  for (let passing = 0; passing < 3; passing++) {
    lastWords.passing = passing;
    lastWords.ending = 2;
    const ids = [1, 2, 3].map(n => `transaction-${passing}-${n}`);
    const outcomes = await Promise.allSettled(
      ids.map(id => store.projections.transaction(async transaction => transaction.append([to(id, 'any')]))),
    );
    for (const [index, { status }] of outcomes.entries()) {
      expect(await store.read(stream(ids[index]!))).toHaveLength(status === 'fulfilled' ? 1 : 0);
    }
  }
  lastWords.ending = 0;
  expect(await store.append([to('transaction-after', 'none')])).toMatchObject({ ok: true });
});
