import { rmSync } from 'node:fs';
import { STARTED } from './start-postgres';

/** Ends the server that `start-postgres.ts` started, and removes its data. */
export default async function stopPostgres(): Promise<void> {
  const started = (globalThis as Record<symbol, unknown>)[STARTED] as { server: { stop(): Promise<void> }; folder: string } | undefined;
  if (!started) return;
  await started.server.stop();
  rmSync(started.folder, { recursive: true, force: true });
}
