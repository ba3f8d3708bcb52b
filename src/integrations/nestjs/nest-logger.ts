import { Logger as NestJsLogger } from '@nestjs/common';
import { jsonOf, type Logger } from '../../index';

/** Writes to the logger of Nest. */
export class NestLogger implements Logger {
  readonly #logger = new NestJsLogger('Eventuality');

  error(details: object, message: string): void {
    const { error, ...rest } = details as { readonly error?: unknown };
    this.#logger.error(`${message} ${reasonOf(error)}${shown(rest)}`, error instanceof Error ? error.stack : undefined);
  }

  warn(details: object, message: string): void {
    const { error, ...rest } = details as { readonly error?: unknown };
    this.#logger.warn(`${message} ${reasonOf(error)}${shown(rest)}`);
  }
}

const reasonOf = (error: unknown): string => (error === undefined ? '' : `${String(error)} `);

const shown = (details: object): string => (Object.keys(details).length === 0 ? '' : JSON.stringify(jsonOf(details)));
