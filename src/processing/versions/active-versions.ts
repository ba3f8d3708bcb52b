import type { KnownHistory, ProjectionStore, ReadModelVersion } from '../../store';
import { VERSION_POLL_INTERVAL_MS } from './repeated-looks';

type SomeVersions = readonly ReadModelVersion[];

/** What the store was asked about a read model last. */
interface Look {
  readonly asked: number;
  readonly answer: Promise<SomeVersions>;
}

/** The latest of the answers that have come, by the order in which they were asked for. */
interface Known {
  readonly order: number;
  readonly versions: SomeVersions;
}

/**
 * What a process knows of the versions of its read models, and which of them is active: one for all who read, follow
 * and append. When a look finds another version active, all that use it are told.
 */
export class ActiveVersions {
  readonly #looks = new Map<string, Look>();
  readonly #known = new Map<string, Known>();
  readonly #listeners = new Set<(name: string) => void>();
  #order = 0;
  /** What was asked for up to here is of a history that is no more. */
  #forgotten = 0;

  constructor(
    private readonly store: Pick<ProjectionStore, 'versions'>,
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
    // A first version may come at any moment, and is not waited for.
    look.answer.then(versions => activeOf(versions) || forget(), forget);
    return look.answer;
  }

  /**
   * Returns what the store was asked for within {@link VERSION_POLL_INTERVAL_MS}, else it is asked now. Those who come
   * while it is asked wait for the same answer. @throws errors of the store
   */
  current(name: string): Promise<SomeVersions> {
    const last = this.#looks.get(name);
    const isRecent = last && performance.now() - last.asked < VERSION_POLL_INTERVAL_MS;
    return isRecent ? last.answer : this.look(name);
  }

  /** Returns what is known without asking the store; undefined before it has answered. */
  known(name: string): SomeVersions | undefined {
    return this.#known.get(name)?.versions;
  }

  /** A version has turned out to be gone: the next one who asks for what is current has the store asked. */
  forget(name: string): void {
    this.#looks.delete(name);
  }

  /** Has the name of a read model told when another version of it is active than was known before. */
  whenSwitched(listener: (name: string) => void): void {
    this.#listeners.add(listener);
  }

  async #ask(name: string, order: number): Promise<SomeVersions> {
    const versions = await this.store.versions(name);
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
