import { type EventStore, newId, type RecordedEvent } from '../../../../index';
import type { NewEvent, StreamAppend } from '../../../../store-kit';
import type { Failures } from '../failures';
import type { EventualityCqrsOptions } from '../options';
import type { CommittedEvents } from './committed-events';
import type { EventClasses } from './event-classes';
import type { EventInstances } from './event-instances';
import { PublicationQueue } from './publication-queue';
import { Handling, type PublishingScopes, Transaction } from './publishing-scopes';

/** The name of the streams of events that were published with @nestjs/cqrs. */
export const AGGREGATE_NAME = '@nestjs/cqrs';

/** What a log is made of. */
export interface EventLogParts extends Pick<EventualityCqrsOptions, 'sequenceOf'> {
  readonly append: EventStore['append'];
  readonly classes: EventClasses;
  readonly instances: EventInstances;
  readonly publishing: PublishingScopes;
  readonly committed: CommittedEvents;
  readonly failures: Failures;
  /** Returns the metadata of what is published now. */
  readonly metadataOf: (event: object) => NewEvent['metadata'];
  /** Told of what is stored, before the subscribers of this process are. */
  readonly recorded: (events: readonly RecordedEvent[]) => void;
}

/** Where an event was to be stored. */
interface Place {
  readonly id: string;
  readonly stream: string;
}

/** Stores what is published, and then tells the subscribers of this process. */
export class EventLog {
  readonly #queue: PublicationQueue;
  /** Of events whose publication has failed: the reply may be what was lost. Published again, they are recognized. */
  readonly #failed = new WeakMap<object, Place>();
  #last = 0n;

  constructor(private readonly parts: EventLogParts) {
    this.#queue = new PublicationQueue(parts.append);
  }

  /** The position of the last event that this process has stored. */
  get last(): bigint {
    return this.#last;
  }

  /**
   * Stores events, all or none. Nothing need await the promise: it is reported if it rejects.
   * @param tell tells the subscribers of this process
   * @throws UnpublishableEventError, MessageClassMismatchError, UnstorableValueError, PublishedTooLateError, and what
   * else sealing throws: at once, so that `commit()` of an aggregate throws it
   */
  publish(events: readonly object[], dispatcher: unknown, tell: () => unknown): Promise<readonly RecordedEvent[]> {
    const scope = this.parts.publishing.current;
    const transaction = scope instanceof Transaction ? scope : undefined;
    transaction?.refuseOver(events);
    const places = this.#places(events, dispatcher);
    const appends = this.#appends(events, places);
    const queue = transaction?.queue ?? this.#queue;
    const stored = queue.add({ appends }).then(
      recorded => {
        if (transaction) this.#expected(recorded, tell);
        else this.#stored(recorded, tell);
        return recorded;
      },
      error => {
        for (const [index, event] of events.entries()) this.#failed.set(event, places[index]!);
        if (transaction) transaction.failed(error);
        else this.#report(error, events);
        throw error;
      },
    );
    // `commit()` of an aggregate returns nothing that could be awaited.
    const settled = stored.catch(() => undefined);
    if (scope instanceof Handling) scope.last = settled;
    return stored;
  }

  /** Resolves when everything published so far is stored or rejected. */
  idle(): Promise<void> {
    return this.#queue.idle();
  }

  #places(events: readonly object[], dispatcher: unknown): Place[] {
    const { sequenceOf } = this.parts;
    let together: string | undefined;
    return events.map(event => {
      const failed = this.#failed.get(event);
      if (failed) return failed;
      together ??= newId();
      return { id: newId(), stream: sequenceOf?.(event, dispatcher) ?? together };
    });
  }

  #appends(events: readonly object[], places: readonly Place[]): StreamAppend[] {
    const { classes, instances, metadataOf } = this.parts;
    const byStream = new Map<string, NewEvent[]>();
    for (const [index, event] of events.entries()) {
      const { id, stream } = places[index]!;
      const metadata = metadataOf(event);
      const stored = { ...instances.toStore(event, classes.of(event), id), ...(metadata && { metadata }) };
      byStream.set(stream, [...(byStream.get(stream) ?? []), stored]);
    }
    return Array.from(byStream, ([aggregateId, events]) => ({
      stream: { aggregateName: AGGREGATE_NAME, aggregateId },
      expected: 'any',
      events,
    }));
  }

  #stored(recorded: readonly RecordedEvent[], tell: () => unknown): void {
    this.#last = recorded.at(-1)?.position ?? this.#last;
    this.#tell(recorded, tell);
  }

  /** Subscribers are told when the transaction is over, and are not a part of it. */
  #expected(recorded: readonly RecordedEvent[], tell: () => unknown): void {
    const { publishing, committed } = this.parts;
    publishing.outside(() => committed.expect(recorded, () => this.#tell(recorded, tell)));
  }

  #tell(recorded: readonly RecordedEvent[], tell: () => unknown): void {
    this.parts.recorded(recorded);
    const failed = (error: unknown): void =>
      this.parts.failures.report(error, 'The event publisher of @nestjs/cqrs failed with events that are stored.');
    try {
      Promise.resolve(tell()).catch(failed);
    } catch (error) {
      failed(error);
    }
  }

  #report(error: unknown, events: readonly object[]): void {
    const names = events.map(event => event.constructor.name).join(', ');
    this.parts.failures.report(error, `Events were not stored, and no handler gets them: ${names}.`);
  }
}
