import { canBeReadModel, UnknownReadModelError } from '../../../store';
import type { Ask } from '../connection/statement';
import type { IndexedReadModel, ProjectionStatements } from './projection-statements';

/** A read model as this process last saw it. */
export interface KnownReadModel extends IndexedReadModel {
  readonly indexes: readonly string[];
}

/**
 * Caches read models to save queries. Whatever is written or found with a cached one is checked against the stored one.
 */
export class ReadModelCache {
  readonly #known = new Map<string, KnownReadModel>();

  constructor(private readonly statements: ProjectionStatements) {}

  /** @throws UnknownReadModelError */
  async get(ask: Ask, name: string, version: number): Promise<KnownReadModel> {
    const key = keyOf(name, version);
    const known = this.#known.get(key);
    if (known) return known;
    const [row] = canBeReadModel(name, version) ? await ask(this.statements.readModel, [name, version]) : [];
    if (!row) throw new UnknownReadModelError(name, version);
    const text = row[0]!;
    const found = { name, version, text, indexes: JSON.parse(text) as string[] };
    this.#known.set(key, found);
    return found;
  }

  forget(name: string, version: number): void {
    this.#known.delete(keyOf(name, version));
  }
}

const keyOf = (name: string, version: number): string => JSON.stringify([name, version]);
