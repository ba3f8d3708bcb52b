import { followerRole } from '../decorators';
import type { ProjectionReference } from '../messages';
import {
  ChangeFeed,
  DocumentReader,
  type FollowerDefinition,
  keepsFollowers,
  LiveDocuments,
  type ProjectionDefinition,
  type ReadModel,
  StoredDocuments,
  Touches,
  UnknownProjectionError,
} from '../processing';
import type { EventStore } from '../store';
import { Watch, type WatchSources } from './watch';

/** What a Flow does for those who read: read models, and live queries over them. */
export class ReadSide {
  readonly #definitions: ReadonlyMap<string, FollowerDefinition>;
  readonly #readModels = new Map<string, ReadModel>();
  readonly #stored = new Map<string, StoredDocuments>();
  readonly #touches = new Touches();
  readonly #feed: ChangeFeed;
  readonly #watches = new Set<Watch<any>>();

  constructor(definitions: readonly FollowerDefinition[], eventStore: EventStore) {
    this.#definitions = new Map(definitions.map(definition => [definition.name, definition]));
    const { projections } = eventStore;
    const live = new Map<string, LiveDocuments>();
    for (const definition of definitions.filter(isProjection)) {
      const { name, options } = definition;
      if (options.mode === 'live') live.set(name, new LiveDocuments(definition, eventStore));
      else this.#stored.set(name, new StoredDocuments(projections!, name, options.indexes ?? []));
      const source = live.get(name) ?? this.#stored.get(name)!;
      this.#readModels.set(name, new DocumentReader(name, source, this.#touches.touch));
    }
    const store = keepsFollowers(projections) ? projections : undefined;
    this.#feed = new ChangeFeed({ eventStore, store, stored: [...this.#stored.keys()], live });
  }

  /** Returns the durable name of a projection or durable listener. @throws UnknownProjectionError */
  nameOf(reference: ProjectionReference): string {
    const name = typeof reference === 'string' ? reference : (roleName(reference) ?? reference.name);
    if (!this.#definitions.has(name)) throw new UnknownProjectionError(name, this.#definitions.keys());
    return name;
  }

  /** @throws UnknownProjectionError */
  readModel(reference: ProjectionReference): ReadModel {
    const name = this.nameOf(reference);
    const readModel = this.#readModels.get(name);
    if (!readModel) throw new UnknownProjectionError(name, this.#readModels.keys());
    return readModel;
  }

  watch<Result>(ask: () => Promise<Result>, signal: AbortSignal | undefined): Watch<Result> {
    const sources: WatchSources = {
      feed: this.#feed,
      touches: this.#touches,
      began: watch => this.#watches.add(watch),
      ended: watch => this.#watches.delete(watch),
    };
    return new Watch(ask, sources, signal);
  }

  /** Ends the live queries. */
  endWatches(): void {
    for (const watch of this.#watches) watch.end();
  }
}

const isProjection = (definition: FollowerDefinition): definition is ProjectionDefinition => definition.kind === 'projection';

const roleName = (reference: object): string | undefined => (typeof reference === 'function' ? followerRole(reference)?.name : undefined);
