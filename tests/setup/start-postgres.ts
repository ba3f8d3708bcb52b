import { TestServer } from '../support/stores/test-server';
import { within } from '../support/waiting';

/** Where the server that these tests started is kept for `stop-postgres.ts`; both run in jest's own process. */
export const STARTED = Symbol.for('eventuality:test-postgres');

/**
 * Gives all tests a real PostgreSQL: the one that EVENTUALITY_POSTGRES_URL names, else one that npm has brought along.
 */
export default async function startPostgres(): Promise<void> {
  if (process.env.EVENTUALITY_POSTGRES_URL) return;
  const server = await within(120_000, 'the server starts', TestServer.start());
  (globalThis as Record<symbol, unknown>)[STARTED] = server;
  process.env.EVENTUALITY_POSTGRES_URL = server.url;
}
