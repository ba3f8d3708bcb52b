import { AsyncLocalStorage } from 'node:async_hooks';
import type { CallHandler, ExecutionContext, NestInterceptor, Type } from '@nestjs/common';
import { Observable } from 'rxjs';

type Entries = Readonly<Record<string, unknown>>;

const requests = new AsyncLocalStorage<Entries>();

/** Returns the entries that the current request gives to the commands and queries sent in it. */
export const requestEntries = (): Entries | undefined => requests.getStore();

/**
 * Makes the user of a request the `actor` of the commands and queries that it sends: guards run before interceptors, so
 * `request.user` is there. Without a user nothing is added. It uses AsyncLocalStorage.
 * @example { provide: APP_INTERCEPTOR, useClass: ActorInterceptor }
 */
export class ActorInterceptor implements NestInterceptor {
  /**
   * Returns an interceptor that finds the metadata itself.
   * @param entriesOf returns the entries for the metadata of commands and queries, or undefined
   * @example app.useGlobalInterceptors(new (ActorInterceptor.from(context => ({ actor: userOf(context) })))())
   */
  static from(entriesOf: (context: ExecutionContext) => Entries | undefined): Type<ActorInterceptor> {
    return class extends ActorInterceptor {
      protected override entriesOf(context: ExecutionContext): Entries | undefined {
        return entriesOf(context);
      }
    };
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const entries = this.entriesOf(context);
    if (!entries) return next.handle();
    // Another interceptor may have added entries.
    const merged = { ...requests.getStore(), ...entries };
    return new Observable(subscriber => requests.run(merged, () => next.handle().subscribe(subscriber)));
  }

  /**
   * The `id`, `userId`, `sub` or `username` of the request's user, whichever it has first, as text, or the user itself
   * if it is text.
   */
  protected entriesOf(context: ExecutionContext): Entries | undefined {
    const user = context.getArgByIndex(0)?.user;
    const actor = typeof user === 'string' ? user : (user?.id ?? user?.userId ?? user?.sub ?? user?.username);
    return actor === undefined || actor === null || actor === '' ? undefined : { actor: String(actor) };
  }
}
