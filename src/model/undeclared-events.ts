import { type EventReference, eventNameOf } from '../messages';
import type { StateChange } from './aggregate-definition';
import { UndeclaredEventError } from './errors';

/** Refuses events that an aggregate neither handles nor declares, where it declares its events. */
export class UndeclaredEvents {
  readonly #declared: ReadonlySet<string>;

  private constructor(
    private readonly aggregate: string,
    declared: readonly EventReference[],
  ) {
    this.#declared = new Set(declared.map(eventNameOf));
  }

  /** Undefined for an aggregate that declares none. */
  static of(aggregate: string, declared: readonly EventReference[] | undefined): UndeclaredEvents | undefined {
    return declared && new UndeclaredEvents(aggregate, declared);
  }

  /** @throws UndeclaredEventError */
  refuse({ name, marks }: StateChange): void {
    // The event that deletes it is the framework's own.
    if (this.#declared.has(name) || marks?.deleted || name === `${this.aggregate}Deleted`) return;
    throw new UndeclaredEventError(this.aggregate, name, this.#declared);
  }
}
