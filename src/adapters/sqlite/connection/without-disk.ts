import type { SqliteConnection } from './driver';
import type { SqliteSettings } from './options';

/**
 * Writes without waiting for the disk; the next append takes it along. For what can be made again: a power cut before
 * that may undo it, but never a part of it, and never what came before.
 */
export function withoutDisk<T>(connection: SqliteConnection, { synchronous }: SqliteSettings, work: () => T): T {
  if (synchronous === 'normal') return work();
  connection.exec('pragma synchronous = normal');
  try {
    return work();
  } finally {
    connection.exec(`pragma synchronous = ${synchronous}`);
  }
}
