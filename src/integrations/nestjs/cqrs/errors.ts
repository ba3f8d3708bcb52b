import { EventualityError } from '../../../errors';

/** Thrown by `publish` for an event that could not be handed to its handlers or sagas after a restart. */
export class UnpublishableEventError extends EventualityError {
  readonly code = 'UNPUBLISHABLE_EVENT';

  constructor(
    /** The name of the event's class. */
    readonly eventName: string,
    reason: string,
  ) {
    super(`The event ${eventName} was not published: ${reason}`);
  }
}

/** Thrown by `publish` in the asynchronous context of a `within(client, work)` whose work is over. */
export class PublishedTooLateError extends EventualityError {
  readonly code = 'PUBLISHED_TOO_LATE';

  constructor(readonly eventNames: readonly string[]) {
    super(
      `${eventNames.join(', ')} cannot be published any more in the transaction of within(client, work): its work is over. ` +
        'Await in `work` whatever publishes, or publish outside of it.',
    );
  }
}

/** Thrown by `within(client, work)` when the event store cannot append in a transaction of the caller. */
export class NoForeignTransactionsError extends EventualityError {
  readonly code = 'NO_FOREIGN_TRANSACTIONS';

  constructor(store: string) {
    super(
      `${store} cannot append in your own transaction. Use the event store of eventuality/postgres, whose tables are in the database of your transaction.`,
    );
  }
}
