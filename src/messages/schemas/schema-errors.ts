import { EventualityError } from '../faults/errors';
import { shownPath, shownText } from '../faults/shown';

/** One thing that is wrong with a message. */
export interface MessageIssue {
  /** The field, such as `lines[0].amount`; `''` for the message itself. */
  readonly path: string;
  /** What the schema says about it. */
  readonly message: string;
}

/** Thrown when a command or query does not fit its schema; nothing was done. `issues` lists all that is wrong. */
export class InvalidMessageError extends EventualityError {
  readonly code = 'INVALID_MESSAGE';

  constructor(
    readonly kind: 'command' | 'query',
    readonly messageName: string,
    readonly issues: readonly MessageIssue[],
  ) {
    super(`The ${kind} '${shownText(messageName)}' does not fit its schema: ${shownIssues(issues)}`);
  }
}

/** Thrown when an event does not fit its schema; it is not recorded. `issues` lists all that is wrong. */
export class InvalidPayloadError extends EventualityError {
  readonly code = 'INVALID_PAYLOAD';

  constructor(
    readonly eventName: string,
    readonly issues: readonly MessageIssue[],
  ) {
    super(`The event '${shownText(eventName)}' does not fit its schema: ${shownIssues(issues)}`);
  }
}

/** Thrown when a schema is asynchronous, changes what it validates, or throws; then `cause` is what it has thrown. */
export class UnusableSchemaError extends EventualityError {
  readonly code = 'UNUSABLE_SCHEMA';

  constructor(
    /** The message. */
    readonly messageName: string,
    reason: string,
    thrown?: { readonly cause: unknown },
  ) {
    super(`The schema of '${shownText(messageName)}' ${reason}`, thrown);
  }
}

const MAX_ISSUES_SHOWN = 10;
const MAX_TEXT_SHOWN = 300;

function shownIssues(issues: readonly MessageIssue[]): string {
  const shown = issues
    .slice(0, MAX_ISSUES_SHOWN)
    .map(({ path, message }) => (path === '' ? '' : `${shownPath(path)}: `) + shownText(message, MAX_TEXT_SHOWN));
  const more = issues.length - shown.length;
  return `${shown.join('; ')}${more > 0 ? `; and ${more} more` : ''}.`.replace(/\.\.$/, '.');
}
