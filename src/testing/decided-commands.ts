import {
  type ClassReference,
  contentOf,
  isPlainMessage,
  messageMetadata,
  messageName,
  refuseInvalidMessage,
  revivedContent,
  UnnamedMessageError,
} from '../messages';
import { type StoredCommand, storedCommand } from '../processing';

/** The commands of a process in a test: no handlers of commands are known, so their classes are those that are seen. */
export class DecidedCommands {
  readonly #classes = new Map<string, ClassReference>();

  /**
   * Returns the name of a command that was decided, after validating it.
   * @throws UnnamedMessageError, InvalidMessageError
   */
  readonly checkedName = (command: object): string => {
    const name = this.#nameOf(command);
    const schema = this.#classes.has(name) && messageMetadata(this.#classes.get(name)!)?.schema;
    if (schema) refuseInvalidMessage('command', name, contentOf(command), schema);
    return name;
  };

  /** Returns the name of a command, which has its class from now on. */
  readonly #nameOf = (command: object): string => {
    if (isPlainMessage(command)) return command.name;
    const type = command?.constructor;
    if (typeof type !== 'function' || type === Object || type === Array) throw new UnnamedMessageError(command);
    const name = messageName(type as unknown as ClassReference);
    this.#classes.set(name, type as unknown as ClassReference);
    return name;
  };

  /** Returns a command as it is stored. @throws UnnamedMessageError, UnstorableValueError */
  stored(command: object): StoredCommand {
    return storedCommand(this.#nameOf(command), command);
  }

  /** Returns the command that a stored one is of. */
  readonly revive = ({ name, data }: StoredCommand): object => {
    const type = this.#classes.get(name);
    return type ? revivedContent(type, data) : { name, message: data };
  };
}
