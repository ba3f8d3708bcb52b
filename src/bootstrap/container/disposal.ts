import type { Logger } from '../../messages';
import type { ContainerAdapter, Disposable } from './container-adapter';

/** Disposes of one after the other, of all of them. @throws AggregateError with what they threw */
export async function disposeOf(made: readonly Disposable[]): Promise<void> {
  const errors: unknown[] = [];
  for (const each of made) {
    try {
      await each.dispose();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw new AggregateError(errors, 'What the container made could not be disposed of.');
}

/** Disposes of what a container or scope has made; what fails is reported to the logger. */
export async function disposed(container: ContainerAdapter, logger: Logger): Promise<void> {
  try {
    await container.dispose?.();
  } catch (error) {
    for (const each of error instanceof AggregateError ? error.errors : [error])
      logger.error({ error: each }, 'An object that the container made could not be disposed of');
  }
}

/** Waits for a handler, and disposes of what was made for it. */
export async function disposing<T>(handled: T, scope: ContainerAdapter, logger: Logger): Promise<Awaited<T>> {
  try {
    return await handled;
  } finally {
    await disposed(scope, logger);
  }
}
