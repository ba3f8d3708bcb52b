import type { TransactionWork } from '../../../store';
import type { PostgresClient } from './driver';
import { failureKind, meetsOthers } from './failures';

/** An error thrown by user work, which reaches the user unchanged. */
export class WorkFailure extends Error {
  constructor(readonly thrown: unknown) {
    super('The work in a transaction failed.');
  }
}

/** Returns what user work has thrown, unwrapped. */
export const unwrapped = (error: unknown): unknown => (error instanceof WorkFailure ? error.thrown : error);

/** Runs user work inside a transaction. @throws WorkFailure, or the error of the connection */
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
 * A lost connection or a deadlock is not the work's fault, so everything is repeated. The connection is checked,
 * because the same error may come from another service.
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
