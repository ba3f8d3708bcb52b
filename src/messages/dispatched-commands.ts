import type { CommandOutcome, Dispatches } from './command';
import { messageFingerprint } from './command-identity';
import { derivedId } from './ids';

interface Dispatched {
  readonly command: object;
  readonly outcome: Promise<CommandOutcome>;
}

/**
 * What the handler of one command has dispatched. Where the handler is run again, because a stream had moved on, a command that it dispatches
 * again is not carried out again. Where the command has an id, those that it leads to have ids made of it and of what they are: so they are known
 * again, too, when the command is repeated by another process.
 */
export class DispatchedCommands implements Dispatches {
  #before: Dispatched[] = [];
  #now: Dispatched[] = [];

  /** Called before the handler runs again. */
  again(): void {
    if (this.#now.length === 0) return;
    this.#before.push(...this.#now);
    this.#now = [];
  }

  /** Sends a command, unless an earlier run of the handler has done so with success. */
  dispatch(
    command: object,
    causeId: string | undefined,
    send: (commandId: string | undefined) => Promise<CommandOutcome>,
  ): Promise<CommandOutcome> {
    const commandId = causeId === undefined ? undefined : this.#idOf(command, causeId);
    const known = this.#take(command);
    const outcome = known
      ? known.then(
          found => (found.succeeded ? found : send(commandId)),
          () => send(commandId),
        )
      : send(commandId);
    this.#now.push({ command, outcome });
    return outcome;
  }

  /** Equal commands are numbered. */
  #idOf(command: object, causeId: string): string {
    const fingerprint = messageFingerprint(command);
    const equals = this.#now.filter(each => messageFingerprint(each.command) === fingerprint).length;
    return derivedId(`${causeId} ${fingerprint}`, equals + 1);
  }

  #take(command: object): Promise<CommandOutcome> | undefined {
    if (this.#before.length === 0) return undefined;
    const fingerprint = messageFingerprint(command);
    const place = this.#before.findIndex(each => messageFingerprint(each.command) === fingerprint);
    return place < 0 ? undefined : this.#before.splice(place, 1)[0]!.outcome;
  }
}
