import { derivedId } from '../ids';
import { messageFingerprint } from './command-identity';

/**
 * Makes the ids of commands that follow from one cause: from the cause and from what each command is, with a number
 * only among equal ones. So where the same handler runs again, in whatever order, each command has the id that it had
 * before.
 */
export class FollowingIds {
  /** How many equal commands had an id, by their fingerprint. */
  readonly #made = new Map<string, number>();

  constructor(private readonly cause: string) {}

  /** @throws UnnamedMessageError */
  idOf(command: object): string {
    const fingerprint = messageFingerprint(command);
    const place = (this.#made.get(fingerprint) ?? 0) + 1;
    this.#made.set(fingerprint, place);
    return derivedId(`${this.cause} ${fingerprint}`, place);
  }
}
