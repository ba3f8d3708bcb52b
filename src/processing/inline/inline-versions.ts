import type { CheckpointName, EventStore, KnownHistory, ProjectionStore } from '../../store';
import type { HandlerInvoker } from '../handling/handler-invoker';
import { LogHead } from '../status/log-head';
import { Versions } from '../versions/versions';

/** A version that an append brings up to date. */
export interface InlineVersion {
  readonly checkpoint: CheckpointName;
  readonly handling: HandlerInvoker;
  readonly replayUntil: bigint;
}

/** For how long it is believed which versions there are, in milliseconds. */
const VERSION_TRUST_MS = 250;

interface Inline {
  readonly handling: HandlerInvoker;
  readonly versions: Versions;
  /** The version that readers saw when it was last looked. */
  active: number | undefined;
}

/** Knows the versions of inline projections: the active one, and one that fills beside it. */
export class InlineVersions {
  readonly #inline: readonly Inline[];
  readonly #signal = new AbortController().signal;
  #current: Promise<readonly InlineVersion[]> | undefined;
  #looked = 0;
  #begun = false;

  constructor(
    eventStore: EventStore,
    store: ProjectionStore,
    handlings: readonly HandlerInvoker[],
    /**
     * Told the name of a projection when appends go into another version than before: readers are to find there what is
     * appended.
     */
    private readonly switched: (name: string) => void,
    history: KnownHistory,
  ) {
    history.whenReplaced(() => {
      this.#begun = false;
      this.forget();
    });
    const head = new LogHead(eventStore, history);
    this.#inline = [...handlings]
      .sort((one, other) => (one.definition.name < other.definition.name ? -1 : 1))
      .map(handling => ({
        handling,
        versions: new Versions(store, handling.definition, () => head.position()),
        active: undefined,
      }));
  }

  /** Returns the versions in the order in which they are locked. The first call makes one where there is none. */
  current(): Promise<readonly InlineVersion[]> {
    const now = performance.now();
    if (!this.#current || now - this.#looked >= VERSION_TRUST_MS) {
      this.#looked = now;
      const looking = this.#look();
      this.#current = looking;
      looking.catch(() => this.#current === looking && this.forget());
    }
    return this.#current;
  }

  /** Versions have come or gone: the next call looks. */
  forget(): void {
    this.#current = undefined;
  }

  async #look(): Promise<readonly InlineVersion[]> {
    const found: InlineVersion[] = [];
    for (const inline of this.#inline) {
      const { handling, versions } = inline;
      const own = this.#begun ? await versions.own() : await versions.ownOrNew(this.#signal);
      const active = own.find(version => version.active)?.version;
      if (active !== inline.active) this.switched(handling.definition.name);
      inline.active = active;
      for (const { version, replayUntil } of own) {
        found.push({
          checkpoint: { projection: handling.definition.name, version, segment: 0 },
          handling,
          replayUntil,
        });
      }
    }
    this.#begun = true;
    return found;
  }
}
