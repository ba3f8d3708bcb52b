import {
  type ClassReference,
  CommandMessage,
  type DispatchOptions,
  type InheritedEntries,
  type MessageCause,
  refuseDispatchOptions,
} from '../../messages';
import { DuplicateHandlerError, UnknownCommandError } from '../errors';
import { checkedMiddleware, compose, type Middleware } from './middleware';
import { contentOf, Routes } from './routes';

/** Carries out a command: gets the command, and its envelope. */
export type CommandHandlerFunction<Result = unknown, C extends object = any> = (
  command: C,
  message: CommandMessage<C>,
) => Result | Promise<Result>;

/** Wraps the handling of commands. */
export type CommandMiddleware<Result = unknown> = Middleware<CommandMessage, Result>;

const NO_OPTIONS: DispatchOptions = Object.freeze({});

/**
 * Brings each command to its one handler, through middleware.
 * @example const bus = new CommandBus(); bus.register(Greet, ({ name }) => `Hello ${name}`); await bus.dispatch(new
 * Greet('Ann'));
 */
export class CommandBus<Result = unknown> {
  readonly #routes = new Routes<CommandHandlerFunction<Result>>('command');
  readonly #middleware: CommandMiddleware<Result>[] = [];
  #send: (message: CommandMessage) => Promise<Result>;

  /**
   * @param inheritMetadata which of the callers' entries in the metadata of its cause a command inherits; default all,
   * `true`
   */
  constructor(private readonly inheritMetadata: InheritedEntries = true) {
    this.#send = message => this.#handle(message);
  }

  /** The names of the commands that have a handler. */
  get names(): Iterable<string> {
    return this.#routes.names;
  }

  /**
   * Registers the handler of a command, by its class or name. @throws InvalidConfigurationError, DuplicateHandlerError
   */
  register<C extends object>(command: ClassReference<C> | string, handler: CommandHandlerFunction<Result, C>): void {
    if (!this.#routes.add(command, handler))
      throw new DuplicateHandlerError([typeof command === 'string' ? command : command.name]);
  }

  /**
   * Says which class the commands of its name are of: an instance of another class is refused. A command registered by
   * class needs no such word.
   */
  expect(type: ClassReference): void {
    this.#routes.expect(type);
  }

  /** Adds middleware; what was added first is the outermost. @throws InvalidConfigurationError */
  use(middleware: CommandMiddleware<Result>): void {
    this.#middleware.push(checkedMiddleware(middleware));
    this.#send = compose(this.#middleware, message => this.#handle(message));
  }

  /**
   * Hands a command to its handler and resolves to what that returns.
   * @throws InvalidOptionsError, UnknownCommandError, UnnamedMessageError, MessageClassMismatchError
   */
  dispatch(command: object, options: DispatchOptions = NO_OPTIONS): Promise<Result> {
    try {
      return this.#send(this.message(command, options));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Puts a command into its envelope. @throws InvalidOptionsError, UnnamedMessageError, MessageClassMismatchError */
  message(
    command: object,
    options: DispatchOptions = NO_OPTIONS,
    cause?: MessageCause,
    parent?: CommandMessage,
  ): CommandMessage {
    if (options !== NO_OPTIONS) refuseDispatchOptions(options);
    return new CommandMessage(
      this.#routes.nameOf(command),
      contentOf(command),
      options,
      cause,
      parent,
      this.inheritMetadata,
    );
  }

  /** Hands on a command that is in its envelope. @throws UnknownCommandError */
  send(message: CommandMessage): Promise<Result> {
    return this.#send(message);
  }

  #handle(message: CommandMessage): Promise<Result> {
    const handler = this.#routes.named(message.name);
    if (!handler) return Promise.reject(new UnknownCommandError(message.name, this.names));
    try {
      return Promise.resolve(handler(message.command, message));
    } catch (error) {
      return Promise.reject(error);
    }
  }
}
