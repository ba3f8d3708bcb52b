import { type FailureReporting, reportFailure } from '../../messages';
import type { ContainerAdapter, Disposable } from './container-adapter';

/** Thrown by a container when objects could not be disposed. */
class DisposalError extends AggregateError {
  /** @param names the classes of the objects, one for each error */
  constructor(
    errors: readonly unknown[],
    readonly names: readonly string[],
  ) {
    super(errors, `These objects of the container could not be disposed of: ${names.join(', ')}.`);
  }
}

/** Disposes all objects, one after another. @throws DisposalError with their errors */
export async function disposeOf(made: readonly Disposable[]): Promise<void> {
  const errors: unknown[] = [];
  const names: string[] = [];
  for (const each of made) {
    try {
      await each.dispose();
    } catch (error) {
      errors.push(error);
      names.push(classOf(each));
    }
  }
  if (errors.length > 0) throw new DisposalError(errors, names);
}

/** Disposes the objects of a container or scope, and reports failures; never rejects. */
export async function disposed(container: ContainerAdapter, reporting: FailureReporting): Promise<void> {
  try {
    await container.dispose?.();
  } catch (error) {
    const errors: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
    const names = error instanceof DisposalError ? error.names : [];
    for (const [place, each] of errors.entries())
      reportFailure(each, { kind: 'disposal', name: names[place] ?? classOf(container) }, reporting);
  }
}

/** Waits for a handler, and disposes what was created for it. */
export async function disposing<T>(
  handled: T,
  scope: ContainerAdapter,
  reporting: FailureReporting,
): Promise<Awaited<T>> {
  try {
    return await handled;
  } finally {
    await disposed(scope, reporting);
  }
}

const classOf = (each: object): string => (each.constructor as Function | undefined)?.name || 'an object';
