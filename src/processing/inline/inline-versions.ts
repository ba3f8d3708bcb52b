import type { CheckpointName, EventStore, KnownHistory, ProjectionStore, ReadModelVersion } from '../../store';
import type { HandlerInvoker } from '../handling/handler-invoker';
import { LogHead } from '../status/log-head';
import type { ActiveVersions } from '../versions/active-versions';
import { Versions } from '../versions/versions';

type SomeVersions = readonly ReadModelVersion[];

/** A version that an append updates. */
export interface InlineVersion {
  readonly checkpoint: CheckpointName;
  readonly handling: HandlerInvoker;
  readonly replayUntil: bigint;
}

interface Inline {
  readonly handling: HandlerInvoker;
  readonly versions: Versions;
}

/** What the versions are found with. */
export interface InlineSources {
  readonly eventStore: EventStore;
  readonly store: ProjectionStore;
  readonly history: KnownHistory;
  readonly active: ActiveVersions;
}

/** Knows the versions of inline projections: the active one, and one that fills beside it. */
export class InlineVersions {
  readonly #inline: readonly Inline[];
  readonly #signal = new AbortController().signal;
  #begun: Promise<void> | undefined;
  /** The last result, and the versions that it was made from. */
  #made: { readonly of: readonly SomeVersions[]; readonly found: readonly InlineVersion[] } | undefined;

  constructor(
    private readonly sources: InlineSources,
    handlings: readonly HandlerInvoker[],
  ) {
    const { eventStore, store, history, active } = sources;
    history.whenReplaced(() => {
      this.#begun = undefined;
    });
    const head = new LogHead(eventStore, history);
    this.#inline = [...handlings]
      .sort((one, other) => (one.definition.name < other.definition.name ? -1 : 1))
      .map(handling => ({
        handling,
        versions: new Versions(store, active, handling.definition, () => head.position()),
      }));
  }

  /**
   * Returns the versions in the order in which they are locked; the same list as before if the versions have not been
   * read since. The first call creates a version if there is none.
   */
  async current(): Promise<readonly InlineVersion[]> {
    await this.#begin();
    const of = await Promise.all(
      this.#inline.map(({ handling }) => this.sources.active.current(handling.definition.name)),
    );
    if (!this.#made?.of.every((versions, index) => versions === of[index])) {
      const found = this.#inline.flatMap((inline, index) => versionsOf(inline, of[index]!));
      this.#made = { of, found };
    }
    return this.#made!.found;
  }

  /** Called when versions have come or gone: the next call asks the store. */
  forget(): void {
    for (const { handling } of this.#inline) this.sources.active.forget(handling.definition.name);
  }

  #begin(): Promise<void> {
    if (this.#begun) return this.#begun;
    const begun = Promise.all(this.#inline.map(({ versions }) => versions.ownOrNew(this.#signal))).then(
      () => undefined,
    );
    this.#begun = begun;
    begun.catch(() => {
      if (this.#begun === begun) this.#begun = undefined;
    });
    return begun;
  }
}

const versionsOf = ({ handling, versions }: Inline, all: SomeVersions): InlineVersion[] =>
  versions.ownOf(all).map(({ version, replayUntil }) => ({
    checkpoint: { projection: handling.definition.name, version, segment: 0 },
    handling,
    replayUntil,
  }));
