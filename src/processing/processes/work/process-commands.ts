import type { CommandOutcome, MessageCause } from '../../../messages';
import type { StoredCommand } from '../turns/inputs';

/** What carries out the commands of processes. */
export interface ProcessCommands {
  /** Returns the name of a command. @throws UnnamedMessageError, MessageClassMismatchError, UnknownCommandError */
  nameOf(command: object): string;
  /** Returns an instance of the class that a stored command is of; without a class, a plain message. */
  revive(command: StoredCommand): object;
  dispatch(
    command: StoredCommand,
    options: { readonly commandId: string; readonly cause: MessageCause; readonly signal: AbortSignal },
  ): Promise<CommandOutcome>;
}
