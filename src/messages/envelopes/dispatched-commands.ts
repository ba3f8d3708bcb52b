import type { CommandOutcome, Dispatches } from './command';
import { messageFingerprint } from './command-identity';
import { FollowingIds } from './following-ids';

interface Dispatched {
  readonly command: object;
  readonly outcome: Promise<CommandOutcome>;
}

/**
 * The commands that the handler of one command has dispatched. If the handler runs again after a conflict, a command
 * that it dispatches again is not carried out again. If the command has an id, the ids of the commands that it
 * dispatches are derived from it and from their content, so that they are recognized even when another process repeats
 * the command.
 */
export class DispatchedCommands implements Dispatches {
  /** Commands that earlier runs have dispatched and this one has not, by fingerprint. */
  readonly #before = new Map<string, Promise<CommandOutcome>[]>();
  #now: Dispatched[] = [];
  #ids: FollowingIds | undefined;

  /** Called before the handler runs again. The fingerprints are needed only then, and most handlers run once. */
  again(): void {
    for (const { command, outcome } of this.#now) {
      const fingerprint = messageFingerprint(command);
      const outcomes = this.#before.get(fingerprint);
      if (outcomes) outcomes.push(outcome);
      else this.#before.set(fingerprint, [outcome]);
    }
    this.#now = [];
    this.#ids = undefined;
  }

  /** Sends a command, unless an earlier run of the handler has sent it successfully. */
  dispatch(
    command: object,
    causeId: string | undefined,
    send: (commandId: string | undefined) => Promise<CommandOutcome>,
  ): Promise<CommandOutcome> {
    const commandId = causeId === undefined ? undefined : this.#idOf(command, causeId);
    const known = this.#before.size > 0 ? this.#before.get(messageFingerprint(command))?.shift() : undefined;
    const outcome = known
      ? known.then(
          found => (found.succeeded ? found : send(commandId)),
          () => send(commandId),
        )
      : send(commandId);
    this.#now.push({ command, outcome });
    return outcome;
  }

  #idOf(command: object, causeId: string): string {
    this.#ids ??= new FollowingIds(causeId);
    return this.#ids.idOf(command);
  }
}
