import type { TestServer } from '../support/stores/test-server';
import { STARTED } from './start-postgres';

/** Ends the server that `start-postgres.ts` started, and removes its data. */
export default async function stopPostgres(): Promise<void> {
  await ((globalThis as Record<symbol, unknown>)[STARTED] as TestServer | undefined)?.stop();
}
