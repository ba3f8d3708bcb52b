import { type ArgumentsHost, Catch, type ExceptionFilter, Inject, Logger, type Type } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { throwError } from 'rxjs';
import { EventualityError } from '../../errors';
import { isUnclear, PROBLEM_TYPE, problemOf, rejectionOf } from '../http';

/**
 * Answers errors of the framework with problem details (RFC 9457) and the status that fits them: 400 for an invalid
 * message, 404 for an aggregate that is not there, 409 for one that is or has changed, and so on. Other errors are left
 * to other filters, and faults of the application are logged. The texts of errors are never sent.
 * @example { provide: APP_FILTER, useClass: EventualityExceptionFilter }
 */
@Catch(EventualityError)
export class EventualityExceptionFilter implements ExceptionFilter {
  readonly #logger = new Logger('EventualityExceptionFilter');

  /** @example app.useGlobalFilters(new EventualityExceptionFilter(app.get(HttpAdapterHost))) */
  constructor(@Inject(HttpAdapterHost) private readonly host: HttpAdapterHost) {}

  /**
   * Returns a filter that also answers errors with which your domain rejects a request: 422, with the `code` of the
   * error if it is text, otherwise the name of its class, as `code`.
   * @param types the classes of these errors; their subclasses belong to them
   * @example { provide: APP_FILTER, useClass: EventualityExceptionFilter.rejecting(SoldOut) }
   */
  static rejecting(...types: readonly (abstract new (...args: any[]) => Error)[]): Type<EventualityExceptionFilter> {
    class RejectingExceptionFilter extends EventualityExceptionFilter {}
    Catch(EventualityError, ...(types as Type<Error>[]))(RejectingExceptionFilter);
    return RejectingExceptionFilter;
  }

  catch(error: Error, context: ArgumentsHost): unknown {
    const type = context.getType<string>();
    // Others have no statuses: GraphQL answers what a filter returns, and RPC an observable.
    if (type !== 'http') return type === 'rpc' ? throwError(() => error) : error;
    const problem = EventualityError.is(error) ? problemOf(error) : rejectionOf(error);
    if (problem.status >= 500) this.#logger.error(error);
    else if (isUnclear(problem)) this.#logger.warn(error);
    const { httpAdapter } = this.host;
    const response = context.getArgByIndex(1);
    // Fastify does not count what was written to its `raw` response, and would throw where nothing catches.
    if (httpAdapter.isHeadersSent(response) || response.raw?.headersSent) return httpAdapter.end(response);
    httpAdapter.setHeader(response, 'Content-Type', PROBLEM_TYPE);
    // As text, so that no adapter gives it the media type of its own JSON.
    return httpAdapter.reply(response, JSON.stringify(problem), problem.status);
  }
}
