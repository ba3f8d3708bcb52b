import type { ICommand, ISaga } from '@nestjs/cqrs';
import { filter, Subject, type Subscription } from 'rxjs';

/** What a stream does with what does not belong to the event that is fed to it. */
export interface LateOutcomes {
  /** A command that was emitted later. */
  command(command: ICommand): void;
  /** An error that was thrown later. */
  error(error: unknown): void;
}

/** One observable of all events, as @nestjs/cqrs gives it to a saga; after an error the saga is called again. */
export class SagaStream {
  #events = new Subject<object>();
  #subscription: Subscription | undefined;
  #collected: ICommand[] | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(
    private readonly saga: ISaga,
    private readonly late: LateOutcomes,
  ) {}

  /** Calls the saga, if that is not done. */
  begin(): void {
    this.#subscription ??= this.#subscribed();
  }

  /**
   * Feeds an event, and returns the commands that the saga emits for it at once.
   * @throws what an operator of the saga throws
   */
  feed(event: object): ICommand[] {
    this.begin();
    const collected: ICommand[] = [];
    this.#collected = collected;
    this.#failure = undefined;
    this.#events.next(event);
    this.#collected = undefined;
    const failure = this.#failure as { readonly error: unknown } | undefined;
    if (failure) throw failure.error;
    return collected;
  }

  close(): void {
    this.#subscription?.unsubscribe();
  }

  #subscribed(): Subscription {
    this.#events = new Subject();
    return this.saga(this.#events.asObservable())
      .pipe(filter(command => !!command))
      .subscribe({
        next: command => {
          if (this.#collected) this.#collected.push(command);
          else this.late.command(command);
        },
        error: error => {
          this.#subscription = undefined;
          if (this.#collected) this.#failure = { error };
          else this.late.error(error);
        },
      });
  }
}
