import type { TransactionWork } from '../../../store';
import type { PostgresClient } from './driver';
import { failureKind, meetsOthers } from './failures';

/** What the user's own work has thrown: it reaches the user as it is, whatever it looks like. */
export class WorkFailure extends Error {
  constructor(readonly thrown: unknown) {
    super('The work in a transaction failed.');
  }
}

/** What the work has thrown, where it was wrapped. */
export const unwrapped = (error: unknown): unknown => (error instanceof WorkFailure ? error.thrown : error);

/** Runs work of the user's own inside a transaction. @throws WorkFailure, or what is wrong with the connection */
export async function runWork(client: PostgresClient, work: readonly TransactionWork[]): Promise<void> {
  for (const each of work) {
    try {
      await each(client);
    } catch (error) {
      throw await failureOf(client, error);
    }
  }
}

/**
 * A lost connection or a deadlock is no fault of the work, and the whole is done again. The connection is asked for it:
 * the error alone may come from another service, and look the same.
 */
async function failureOf(client: PostgresClient, error: unknown): Promise<unknown> {
  try {
    await client.query({ text: 'select 1' });
  } catch (answer) {
    if (failureKind(answer) === 'connection') return answer;
    if (meetsOthers(error)) return error;
  }
  return new WorkFailure(error);
}
