import { AsyncLocalStorage } from 'node:async_hooks';
import type { RecordedEvent } from '../../../../index';
import type { FlowContext } from './flow-context';

/** What surrounds the code of a handler of @nestjs/cqrs. */
export interface MessageScope {
  readonly context: FlowContext;
  /** What the handler of a command publishes: the outcome of the command. */
  readonly published?: Promise<readonly RecordedEvent[]>[];
}

/** Finds the message whose handler is running: `execute` and `commit()` of @nestjs/cqrs have no argument for it. */
export class MessageScopes {
  /** Made for the first message: on Node 20 its existence slows down every promise of the process. */
  #current: AsyncLocalStorage<MessageScope | undefined> | undefined;

  get current(): MessageScope | undefined {
    return this.#current?.getStore();
  }

  run<T>(scope: MessageScope | undefined, work: () => T): T {
    if (!scope && !this.#current) return work();
    this.#current ??= new AsyncLocalStorage();
    return this.#current.run(scope, work);
  }
}
