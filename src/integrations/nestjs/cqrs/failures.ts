import type { FailureContext, Logger, OnError } from '../../../index';

/** Reports what no caller sees to the logger and to the hook, independently of each other; never throws. */
export class Failures {
  constructor(
    private readonly logger: Logger,
    private readonly onError: OnError | undefined,
    private readonly storeName: string,
  ) {}

  report(error: unknown, message: string): void {
    const { logger, onError } = this;
    const context: FailureContext = { kind: 'event-store', name: this.storeName };
    this.#safely(() => logger.error({ error }, message));
    if (onError) this.#safely(() => onError(error, context));
  }

  warn(message: string): void {
    this.#safely(() => this.logger.warn({}, message));
  }

  #safely(call: () => unknown): void {
    const failed = (error: unknown): void => console.error('A failure could not be reported.', error);
    try {
      Promise.resolve(call()).catch(failed);
    } catch (error) {
      failed(error);
    }
  }
}
