import { canBeReadModel, UnknownReadModelError } from '../../../store';
import type { Ask } from '../connection/statement';
import type { ProjectionStatements } from './projection-statements';

/**
 * Switches readers to a version, unless they see a later one, on a connection with an open transaction.
 * @throws UnknownReadModelError
 */
export async function activateVersion(
  ask: Ask,
  statements: ProjectionStatements,
  readModel: string,
  version: number,
): Promise<void> {
  const known = canBeReadModel(readModel, version) ? await ask(statements.readModel, [readModel, version]) : [];
  if (known.length === 0) throw new UnknownReadModelError(readModel, version);
  for (const statement of statements.close) await ask(statement, [readModel, version]);
  const [activated] = await ask(statements.activate, [readModel, version]);
  if (activated) return;
  const [active] = await ask(statements.active, [readModel]);
  // Closed because readers see a later version, or because it is being dropped.
  if (!active || Number(active[0]) < version) throw new UnknownReadModelError(readModel, version);
}

/** Switches readers to a version if there is no other version, in one statement; returns whether it did. */
export async function activatedOnly(
  ask: Ask,
  { activateOnly }: ProjectionStatements,
  readModel: string,
  version: number,
): Promise<boolean> {
  if (!canBeReadModel(readModel, version)) return false;
  return (await ask(activateOnly, [readModel, version])).length > 0;
}
