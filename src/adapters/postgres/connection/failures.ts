import { EventualityError } from '../../../messages';
import {
  PostgresIsolationError,
  PostgresPositionsError,
  PostgresReplicaError,
  PostgresSchemaOutdatedError,
  PostgresUnreachableError,
} from '../errors';
import type { StoreNames } from '../schema/names';

/** How to react to a failed query: connect again, just retry, or give up. */
export type FailureKind = 'connection' | 'collision' | 'final';

// 08: connection exceptions; 57P01..5: the backend was terminated or is not ready yet; 53300: no free connection slot.
const CONNECTION = /^(08...|57P0[1-5]|53300)$/;
// Serialization, deadlock, lock not available, unique: another transaction interfered, or an id was stored meanwhile.
const COLLISION = /^(40001|40P01|55P03|23505)$/;
/** The same without those that the caller alone may have caused. */
const BY_OTHERS = /^(40001|40P01|55P03)$/;
const SOCKET = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
]);
const LOST =
  /^(Connection terminated|Client has encountered a connection error|timeout e|Query read timeout|Client was closed)/;

/** Tells how to react to a failed query. */
export function failureKind(error: unknown): FailureKind {
  if (EventualityError.is(error)) return 'final';
  const code = errorCode(error);
  if (code !== undefined && (CONNECTION.test(code) || SOCKET.has(code))) return 'connection';
  if (code !== undefined && COLLISION.test(code)) return isTakenPosition(error) ? 'final' : 'collision';
  return LOST.test(error instanceof Error ? error.message : '') ? 'connection' : 'final';
}

/** Tells whether the query was cancelled, or took longer than `statement_timeout`. */
export const isCancelled = (error: unknown): boolean => errorCode(error) === '57014';

/** Tells whether a statement that needs a transaction was run outside of one. */
export const isOutsideTransaction = (error: unknown): boolean => errorCode(error) === '25P01';

/** Tells whether a table, a function or the whole schema is missing. */
export const isMissing = (error: unknown): boolean => /^(42P01|42883|3F000)$/.test(errorCode(error) ?? '');

/** Tells whether the role lacks a privilege. */
export const isForbidden = (error: unknown): boolean => errorCode(error) === '42501';

/**
 * Tells whether a drawn position already belongs to an event. Drawing another one might hit a gap that subscribers have
 * passed.
 */
function isTakenPosition(error: unknown): boolean {
  const { table, constraint } = error as { table?: unknown; constraint?: unknown };
  return errorCode(error) === '23505' && /events$/.test(String(table)) && /events_key$/.test(String(constraint));
}
/** Tells whether a statement failed because of another transaction. */
export const meetsOthers = (error: unknown): boolean => BY_OTHERS.test(errorCode(error) ?? '');

// Data exceptions, violated constraints, program limits: the same statement would always fail.
const OF_CONTENT = /^(22...|23(?!505)...|54...)$/;

/** Tells whether a statement failed because of its values, and would fail again. */
export const isOfContent = (error: unknown): boolean =>
  error instanceof RangeError || OF_CONTENT.test(errorCode(error) ?? '');

/** Converts a driver error into a documented one, if there is one for it. */
export function translated(error: unknown, names: StoreNames, needed: number): unknown {
  if (isTakenPosition(error)) return new PostgresPositionsError(names, undefined, error);
  switch (errorCode(error)) {
    case 'EVT01':
      return new PostgresIsolationError((error as { detail?: string }).detail ?? 'unknown', error);
    case 'EVT02':
    case '25006':
      return new PostgresReplicaError(error);
    case '42P01':
    case '42883':
    case '3F000':
      return new PostgresSchemaOutdatedError(names.schema, 0, needed, error);
    case '28000':
    case '28P01':
    case '3D000':
      return new PostgresUnreachableError(error);
    default:
      return failureKind(error) === 'connection' ? new PostgresUnreachableError(error) : error;
  }
}

function errorCode(error: unknown): string | undefined {
  try {
    const code = (error as { code?: unknown } | null | undefined)?.code;
    return typeof code === 'string' ? code : undefined;
  } catch {
    // An error whose getters throw is not the driver's.
    return undefined;
  }
}
