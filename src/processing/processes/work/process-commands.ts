import type { CommandOutcome, MessageCause } from '../../../messages';
import type { StoredCommand } from '../turns/inputs';

/** What carries out the commands of processes. */
export interface ProcessCommands {
  /**
   * Returns the name of a command, after validating it.
   * @throws UnnamedMessageError, MessageClassMismatchError, UnknownCommandError, InvalidMessageError
   */
  checkedName(command: object): string;
  /** Returns a stored command as an instance of its class, or as a plain message if it has none. */
  revive(command: StoredCommand): object;
  dispatch(
    command: StoredCommand,
    options: { readonly commandId: string; readonly cause: MessageCause; readonly signal: AbortSignal },
  ): Promise<CommandOutcome>;
}
