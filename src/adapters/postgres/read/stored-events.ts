import type { RecordedEvent } from '../../../messages';
import { type Ask, type Statement, statement } from '../connection/statement';
import type { StoreNames } from '../schema/names';
import { EVENT_COLUMNS, recordedEvent } from './rows';

/** Finds events by their ids. */
export class StoredEvents {
  readonly #byIds: Statement;

  constructor(names: StoreNames) {
    this.#byIds = statement(`select ${EVENT_COLUMNS} from ${names.of('events')} e where e.event_id = any($1::uuid[])`);
  }

  /** Returns the stored ones, by id. */
  async find(ask: Ask, ids: readonly string[]): Promise<ReadonlyMap<string, RecordedEvent>> {
    const events = (await ask(this.#byIds, [ids])).map(row => recordedEvent(row));
    return new Map(events.map(event => [event.id, event]));
  }
}
