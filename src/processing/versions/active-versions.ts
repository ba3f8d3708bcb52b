import { Gathered } from '../../concurrency';
import type { KnownHistory, ProjectionStore, ReadModelVersion } from '../../store';
import { VERSION_POLL_INTERVAL_MS } from './repeated-looks';

type SomeVersions = readonly ReadModelVersion[];

/** The last query for the versions of a read model. */
interface Look {
  readonly asked: number;
  readonly answer: Promise<SomeVersions>;
}

/** The answer to the latest query that was answered. */
interface Known {
  readonly order: number;
  readonly versions: SomeVersions;
}

/**
 * What a process knows about the versions of its read models, and which of them is active: one source for reading,
 * following and appending. When another version becomes active, all subscribers are told.
 */
export class ActiveVersions {
  readonly #looks = new Map<string, Look>();
  readonly #known = new Map<string, Known>();
  readonly #listeners = new Set<(name: string) => void>();
  /** Callers that ask for read models at the same time share a query. */
  readonly #asked = new Gathered<string, SomeVersions>(
    name => name,
    names => this.#versionsOf(names),
  );
  #order = 0;
  /** Answers to queries up to this one belong to a history that was replaced. */
  #forgotten = 0;

  constructor(
    private readonly store: Pick<ProjectionStore, 'versions' | 'bulk'>,
    history: KnownHistory,
  ) {
    history.whenReplaced(() => {
      this.#looks.clear();
      this.#known.clear();
      this.#forgotten = this.#order;
    });
  }

  /** Asks the store for the versions of a read model now. @throws errors of the store */
  look(name: string): Promise<SomeVersions> {
    const look = { asked: performance.now(), answer: this.#ask(name, ++this.#order) };
    this.#looks.set(name, look);
    const forget = (): unknown => this.#looks.get(name) === look && this.#looks.delete(name);
    // A first version may be created at any moment, so its absence is not remembered.
    look.answer.then(versions => activeOf(versions) || forget(), forget);
    return look.answer;
  }

  /**
   * Returns the versions of a read model as of the last {@link VERSION_POLL_INTERVAL_MS}, and asks the store if they
   * are older. Concurrent callers share one query.
   * @throws errors of the store
   */
  current(name: string): Promise<SomeVersions> {
    const last = this.#looks.get(name);
    const isRecent = last && performance.now() - last.asked < VERSION_POLL_INTERVAL_MS;
    return isRecent ? last.answer : this.look(name);
  }

  /** Returns the known versions without asking the store; undefined before it has answered. */
  known(name: string): SomeVersions | undefined {
    return this.#known.get(name)?.versions;
  }

  /** Called when a version turned out to be gone: the next caller asks the store. */
  forget(name: string): void {
    this.#looks.delete(name);
  }

  /** Calls a listener with the name of a read model when another of its versions becomes active. */
  whenSwitched(listener: (name: string) => void): void {
    this.#listeners.add(listener);
  }

  #versionsOf(names: readonly string[]): readonly Promise<SomeVersions>[] {
    const { bulk } = this.store;
    if (!bulk || names.length === 1) return names.map(name => this.store.versions(name));
    const answers = bulk.versions(names);
    return names.map(async (_, place) => (await answers)[place]!);
  }

  async #ask(name: string, order: number): Promise<SomeVersions> {
    const versions = await this.#asked.ask(name);
    const before = this.#known.get(name);
    if (order <= Math.max(this.#forgotten, before?.order ?? 0)) return versions;
    this.#known.set(name, { order, versions });
    if (activeOf(versions)?.version !== activeOf(before?.versions)?.version)
      for (const listener of this.#listeners) listener(name);
    return versions;
  }
}

/** Returns the version that readers see. */
export const activeOf = (versions: SomeVersions = []): ReadModelVersion | undefined =>
  versions.find(({ active }) => active);
