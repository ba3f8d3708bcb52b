import { type CheckpointName, UnknownReadModelError } from '../../../store';
import type { Ask } from '../connection/statement';
import type { ProjectionStatements } from './projection-statements';

/**
 * Locks a checkpoint until the end of the connection's open transaction, and returns its position.
 * @throws UnknownReadModelError
 */
export async function lockCheckpoint(
  ask: Ask,
  { begin, lock }: ProjectionStatements,
  { projection, version, segment }: CheckpointName,
): Promise<bigint> {
  const values = [projection, version, segment];
  const [known] = await ask(lock, values);
  if (known) return BigInt(known[0]!);
  await ask(begin, values);
  const [begun] = await ask(lock, values);
  if (!begun) throw new UnknownReadModelError(projection, version);
  return BigInt(begun[0]!);
}
