import type * as fc from 'fast-check';
import { type EventStore, InMemoryEventStore, StoreClosedError } from '../../../src/store';

/** A store each of whose calls takes its time twice, before and after its work, as long as the scheduler likes. */
export class ScheduledStore implements EventStore {
  /** What is under it: stays readable when this one is closed. */
  readonly kept: InMemoryEventStore;
  closed = false;

  constructor(
    private readonly scheduler: fc.Scheduler,
    kept = new InMemoryEventStore(),
  ) {
    this.kept = kept;
  }

  append: EventStore['append'] = appends => this.#slowly('append', () => this.kept.append(appends));
  read: EventStore['read'] = (stream, page) => this.#slowly('read', () => this.kept.read(stream, page));
  readAll: EventStore['readAll'] = page => this.#slowly('readAll', () => this.kept.readAll(page));
  subscribe: EventStore['subscribe'] = options => this.kept.subscribe(options);

  async close(): Promise<void> {
    this.closed = true;
  }

  async #slowly<T>(name: string, work: () => Promise<T>): Promise<T> {
    if (this.closed) throw new StoreClosedError();
    await this.scheduler.schedule(Promise.resolve(), name);
    const answer = await work();
    await this.scheduler.schedule(Promise.resolve(), `${name} answers`);
    return answer;
  }
}
