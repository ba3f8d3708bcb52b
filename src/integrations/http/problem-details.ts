import type { AggregateNotFoundError, EventualityError, InvalidMessageError, UnstorableValueError } from '../../errors';

/** What went wrong, for a client: problem details of RFC 9457. It never contains a text that user code has thrown. */
export interface ProblemDetails {
  /** The page about the error; `about:blank` for one of your own. */
  readonly type: string;
  /** What is wrong, the same for all errors of a code. */
  readonly title: string;
  /** The status of the response. */
  readonly status: number;
  /** The `code` of the error, or the name of its class. */
  readonly code: string;
  /** Which aggregate it is about. */
  readonly detail?: string;
  /** What is wrong with a message, and in which fields. */
  readonly issues?: InvalidMessageError['issues'];
}

/** The media type of problem details. */
export const PROBLEM_TYPE = 'application/problem+json';

/** The errors that are no faults of the application: the status and the title of each. */
export const PROBLEMS: Readonly<Record<string, readonly [status: number, title: string]>> = {
  INVALID_MESSAGE: [400, 'The message does not fit its schema.'],
  MISSING_AGGREGATE_ID: [400, 'The id is missing, empty or too long, or has characters that cannot be stored.'],
  UNSTORABLE_VALUE: [400, 'The content has characters, numbers or keys that cannot be stored.'],
  INVALID_DOCUMENT_QUERY: [400, 'The query has a value, limit or cursor that is not valid.'],
  AGGREGATE_NOT_FOUND: [404, 'There is nothing with this id.'],
  AGGREGATE_ALREADY_EXISTS: [409, 'The id is, or was, in use.'],
  CONCURRENCY: [409, 'It has changed in the meantime. Load it again.'],
  PAYLOAD_TOO_LARGE: [413, 'The content is too large.'],
  COMMAND_ID_REUSED: [422, 'The id of the command was used for another command.'],
  CLAIM_LOST: [503, 'Another process carries out the command. Repeat it with the same id.'],
  FLOW_CLOSED: [503, 'The application is shutting down.'],
  STORE_CLOSED: [503, 'The application is shutting down.'],
  STORE_GONE: [503, 'The database is not available.'],
  POSTGRES_UNREACHABLE: [503, 'The database is not available.'],
  NEWER_EVENT: [503, 'A newer version of the application has written this. Try again later.'],
  WAIT_TIMEOUT: [504, 'It is not up to date yet. A command that was sent took effect: do not repeat it.'],
};

const REJECTED = 'The request was rejected.';
const FAULT = 'The application has a fault.';

/** Returns what a client is told about an error of the framework: with status 500 unless it is one of `PROBLEMS`. */
export function problemOf(error: EventualityError): ProblemDetails {
  const { code } = error;
  const [status, title] = (!isOwnFault(error) && PROBLEMS[code]) || [500, FAULT];
  return { type: pageOf(code), title, status, code, ...particulars(error) };
}

/** Returns what a client is told about an error with which the domain rejects a request: only which one it is. */
export function rejectionOf(error: Error): ProblemDetails {
  const { code } = error as { readonly code?: unknown };
  return {
    type: 'about:blank',
    title: REJECTED,
    status: 422,
    code: typeof code === 'string' ? code : error.constructor.name,
  };
}

/** Tells whether an error that is usually the client's can be the application's own fault as well, to be logged. */
export const isUnclear = ({ code }: ProblemDetails): boolean => code === 'INVALID_DOCUMENT_QUERY';

/** A value that no client can send comes from the application. */
const isOwnFault = (error: EventualityError): boolean =>
  error.code === 'UNSTORABLE_VALUE' && !(error as UnstorableValueError).fromOutside;

function particulars(error: EventualityError): Partial<ProblemDetails> {
  const { code, aggregateName, aggregateId, issues } = error as EventualityError &
    Partial<Pick<AggregateNotFoundError, 'aggregateName' | 'aggregateId'> & Pick<InvalidMessageError, 'issues'>>;
  if (code === 'INVALID_MESSAGE' && issues) return { issues };
  if (code === 'AGGREGATE_NOT_FOUND' || code === 'AGGREGATE_ALREADY_EXISTS')
    return { detail: `${aggregateName} '${aggregateId}'` };
  return {};
}

/** The pages are part of the package. */
const PAGES = 'https://unpkg.com/eventuality/docs';

function pageOf(code: string): string {
  const store = /^(SQLITE|POSTGRES)_/.exec(code)?.[1]?.toLowerCase();
  return `${PAGES}/${store ?? 'errors'}.md#${code}`;
}
