import { inspect } from 'node:util';
import { defineProjection, Flow } from 'eventuality';
import { postgres } from '../../src/adapters/postgres';
import { EventualityError } from '../../src/messages';
import { to } from '../support/events';
import { SILENT } from '../support/logger';
import { TestSchema, url } from '../support/stores/schema';
import { until } from '../support/waiting';

const schema = new TestSchema(__filename);
const SECRET = 'a-secret-of-mine';

/**
 * The address of the server with a password in it; the test server does not ask for one that is wrong only where it
 * trusts its callers.
 */
function secretUrl(changes: Partial<Record<'port' | 'pathname' | 'username', string>> = {}): string {
  const address = new URL(url);
  address.password ||= SECRET;
  return Object.assign(address, changes).href;
}
const secret = new URL(secretUrl()).password;

/** All that one may print of a value. */
const printed = (value: unknown): string[] => [
  inspect(value, { depth: 30, getters: true }),
  JSON.stringify(value) ?? '',
  String(value),
];

/** A server of the tests may have a password that is a word of its own: it is looked for as it stands in an address. */
const trace = secret === SECRET ? SECRET : `:${secret}@`;
const hidesSecret = (value: unknown): void => {
  for (const text of printed(value)) expect(text).not.toContain(trace);
};

test('nothing that is printed of a store or a flow holds the password', async () => {
  const store = schema.open({ connectionString: secretUrl() });
  const pool = schema.pool({ connectionString: secretUrl() });
  const given = schema.open({ pool, tablePrefix: 'given_' });
  const counts = defineProjection({ name: 'counts', on: { Happened: () => undefined } });
  const flow = new Flow({ eventStore: store, processors: [counts], logger: SILENT });
  await flow.processors.ready();
  await store.append([to('a', 'none')]);
  const client = await schema.client();
  const parts = [flow, flow.processors, flow.eventStore, store.subscribe(), store.within(client)];
  for (const each of [store, given, store.projections, store.snapshots, store.projections.leases, ...parts])
    hidesSecret(each);
  await flow.close();
});

test('no error and nothing that is logged holds the password', async () => {
  const logged: object[] = [];
  const logger = {
    error: (details: object) => void logged.push(details),
    warn: (details: object) => void logged.push(details),
  };
  const nowhere = [
    secretUrl({ port: '1' }),
    secretUrl({ pathname: '/no_such_database' }),
    secretUrl({ username: 'no_such_role' }),
  ];
  for (const connectionString of nowhere) {
    const error = await schema
      .open({ connectionString, retryFor: 0 })
      .append([to('a', 'none')])
      .catch((error: unknown) => error);
    expect(error).toMatchObject({ code: 'POSTGRES_UNREACHABLE' });
    hidesSecret(error);
  }
  const address = new URL(secretUrl());
  address.searchParams.set('application_name', 'secrets');
  const store = schema.open({ connectionString: address.href, logger, tablePrefix: 'logged_' });
  await store.ready();
  store.subscribe();
  await schema.sql(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'secrets'`);
  await until(() => logged.length > 0, 'the loss is logged');
  for (const each of logged) hidesSecret(each);
});

test.each([
  ['a port that is none', `postgres://user:${SECRET}@host:port/db`],
  ['a host that is none', `postgres://user:${SECRET}@[::1/db`],
  ['a password that is not escaped', `postgres://user:${SECRET}#%/@host/db`],
  ['a certificate that is missing', `postgres://user:${SECRET}@host/db?sslrootcert=/no/such/file`],
  ['another scheme', `http://user:${SECRET}@host/db`],
])('an address with %s is an error of the options, without the password', (_, connectionString) => {
  let error: unknown;
  try {
    postgres({ connectionString });
  } catch (thrown) {
    error = thrown;
  }
  expect(EventualityError.is(error)).toBe(true);
  expect(error).toMatchObject({ code: 'POSTGRES_OPTIONS', message: expect.stringContaining('connectionString') });
  for (const text of printed(error)) expect(text).not.toContain(SECRET);
});
