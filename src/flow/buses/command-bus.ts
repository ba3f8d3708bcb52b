import {
  aValidation,
  type ClassReference,
  CommandMessage,
  type DispatchOptions,
  type InheritedEntries,
  inheritedNames,
  type MessageCause,
  refuseDispatchOptions,
  revivedContent,
  type StandardSchemaV1,
  type Validation,
} from '../../messages';
import { DuplicateHandlerError, UnknownCommandError } from '../errors';
import { refuseParts } from './argument-checks';
import { checkedMiddleware, compose, type Middleware } from './middleware';
import { Routes } from './routes';

/** Carries out a command; receives the command and its envelope. */
export type CommandHandlerFunction<Result = unknown, C extends object = any> = (
  command: C,
  message: CommandMessage<C>,
) => Result | Promise<Result>;

/** Wraps the handling of commands. */
export type CommandMiddleware<Result = unknown> = Middleware<CommandMessage, Result>;

const NO_OPTIONS: DispatchOptions = Object.freeze({});

/**
 * Passes each command to its one handler, through middleware.
 * @example const bus = new CommandBus(); bus.register(Greet, ({ name }) => `Hello ${name}`); await bus.dispatch(new
 * Greet('Ann'));
 */
export class CommandBus<Result = unknown> {
  readonly #routes: Routes<CommandHandlerFunction<Result>>;
  readonly #middleware: CommandMiddleware<Result>[] = [];
  /** With middleware only. */
  #chain: ((message: CommandMessage) => Promise<Result>) | undefined;

  /**
   * @param inheritMetadata which metadata entries of its cause a command inherits; default `true`: all
   * @param validate when commands are validated by their schemas; default `'always'`
   * @throws InvalidConfigurationError
   */
  constructor(
    private readonly inheritMetadata: InheritedEntries = true,
    validate: Validation = 'always',
  ) {
    refuseParts('The command bus', {
      inheritMetadata: [inheritMetadata, inheritedNames],
      validate: [validate, aValidation],
    });
    this.#routes = new Routes('command', validate);
  }

  /** The names of the commands that have a handler. */
  get names(): Iterable<string> {
    return this.#routes.names;
  }

  /**
   * Registers the handler of a command, by its class or name, and the schema of a command without a class.
   * @throws InvalidConfigurationError, DuplicateHandlerError
   */
  register<C extends object>(
    command: ClassReference<C> | string,
    handler: CommandHandlerFunction<Result, C>,
    schema?: StandardSchemaV1,
  ): void {
    if (!this.#routes.add(command, handler, schema))
      throw new DuplicateHandlerError([typeof command === 'string' ? command : command.name]);
  }

  /**
   * Sets the class of the commands with its name: an instance of another class is refused. Not needed for a command
   * that is registered by class.
   * @throws InvalidConfigurationError
   */
  expect(type: ClassReference): void {
    this.#routes.expect(type);
  }

  /** Adds middleware; the first added is the outermost. @throws InvalidConfigurationError */
  use(middleware: CommandMiddleware<Result>): void {
    this.#middleware.push(checkedMiddleware(middleware));
    this.#chain = compose(this.#middleware, message => this.#handle(message));
  }

  /**
   * Passes a command to its handler and resolves to the handler's result.
   * @throws InvalidOptionsError, UnknownCommandError, UnnamedMessageError, MessageClassMismatchError,
   * InvalidMessageError
   */
  dispatch(command: object, options: DispatchOptions = NO_OPTIONS): Promise<Result> {
    try {
      return this.send(this.message(command, options));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Wraps a command in its envelope. @throws InvalidOptionsError, UnnamedMessageError, MessageClassMismatchError */
  message(
    command: object,
    options: DispatchOptions = NO_OPTIONS,
    cause?: MessageCause,
    parent?: CommandMessage,
  ): CommandMessage {
    if (options !== NO_OPTIONS) refuseDispatchOptions(options);
    return new CommandMessage(
      this.#routes.nameOf(command),
      this.#routes.contentOf(command),
      options,
      cause,
      parent,
      this.inheritMetadata,
    );
  }

  /**
   * Returns the durable name of a command that has a handler, after validating the command.
   * @throws UnknownCommandError, UnnamedMessageError, MessageClassMismatchError, InvalidMessageError
   */
  checkedName(command: object): string {
    const name = this.#routes.nameOf(command);
    if (!this.#routes.named(name)) throw new UnknownCommandError(name, this.names);
    this.#routes.validate(name, this.#routes.contentOf(command));
    return name;
  }

  /**
   * Returns a command made of its stored data: an instance of the class that is known by the name, or a plain message.
   */
  revived(name: string, data: object): object {
    const type = this.#routes.classOf(name);
    return type ? revivedContent(type as ClassReference, data) : { name, message: data };
  }

  /** Passes an enveloped command to its handler. @throws UnknownCommandError, InvalidMessageError */
  send(message: CommandMessage): Promise<Result> {
    return this.#chain ? this.#chain(message) : this.#handle(message);
  }

  #handle(message: CommandMessage): Promise<Result> {
    const handler = this.#routes.named(message.name);
    if (!handler) return Promise.reject(new UnknownCommandError(message.name, this.names));
    try {
      this.#routes.validate(message.name, message.command);
      return Promise.resolve(handler(message.command, message));
    } catch (error) {
      return Promise.reject(error);
    }
  }
}
