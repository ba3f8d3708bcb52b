import { derivedId } from '../ids';
import { messageFingerprint } from './command-identity';

/**
 * Creates the ids of commands that follow from one cause, from the cause and from the command itself, with a number
 * only for equal commands. So when the same handler runs again, in whatever order, each command gets the id that it had
 * before.
 */
export class FollowingIds {
  /** How many equal commands have received an id, by fingerprint. */
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
