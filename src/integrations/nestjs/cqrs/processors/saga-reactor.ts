import type { Type } from '@nestjs/common';
import { type ICommand, InvalidSagaException, type ISaga } from '@nestjs/cqrs';
import { concatMap, filter, lastValueFrom, Observable, of } from 'rxjs';
import type { EventProcessorDefinition, RecordedEvent } from '../../../../index';
import type { MessageScope } from '../bridge/message-scopes';
import type { SagaPlace } from '../wiring/wiring';
import { SagaStream } from './saga-stream';
import { publishUnhandled, reactorOf, type Surroundings } from './surroundings';

/** How many events with commands that failed are remembered. */
const MAX_LEFT = 1000;

/** A saga that follows stored events. */
export interface FollowingSaga {
  readonly definition: EventProcessorDefinition;
  /** Calls the saga for the first time. @throws InvalidSagaException */
  begin(): void;
  close(): void;
}

/** Defines the reactor of a method with `@Saga`. */
export function followingSaga(place: SagaPlace, events: Iterable<Type>, surroundings: Surroundings): FollowingSaga {
  const saga = new Saga(place, surroundings);
  const handle = (event: object, recorded: RecordedEvent): Promise<void> =>
    place.options.perEvent ? saga.one(event) : saga.next(event, recorded);
  const definition = reactorOf(place, events, handle, surroundings);
  return { definition, begin: () => saga.begin(), close: () => saga.close() };
}

/** What of an event is left: its commands, and the scope of the event's first attempt, which counts equal commands. */
interface Left {
  readonly commands: ICommand[];
  readonly scope: MessageScope | undefined;
}

class Saga {
  readonly #stream: SagaStream;
  /** The commands of an event that are not carried out yet, so that a retry does not feed the event again. */
  readonly #left = new Map<string, Left>();
  #warned = false;

  constructor(
    private readonly place: SagaPlace,
    private readonly surroundings: Surroundings,
  ) {
    const late = {
      command: (command: ICommand) => this.#later(command),
      error: (error: unknown) => this.#failedLater(error),
    };
    this.#stream = new SagaStream(this.#call, late);
  }

  begin(): void {
    if (!this.place.options.perEvent) this.#stream.begin();
  }

  /** Feeds an event to the stream of all events, and carries out what the saga emits for it. */
  async next(event: object, { id }: RecordedEvent): Promise<void> {
    const { scopes } = this.surroundings;
    const left = this.#left.get(id) ?? { commands: this.#fed(event), scope: scopes?.current };
    const { commands, scope } = left;
    this.#left.delete(id);
    const execute = (): Promise<void> => this.#execute(commands[0]!);
    try {
      for (; commands.length > 0; commands.shift()) await (scopes ? scopes.run(scope, execute) : execute());
    } catch (error) {
      this.#left.set(id, left);
      if (this.#left.size > MAX_LEFT) this.#left.delete([...this.#left.keys()][0]!);
      throw error;
    }
  }

  /** Calls the saga for one event, and waits for everything that it emits. */
  async one(event: object): Promise<void> {
    let failedCommand = false;
    const commands = this.#call(of(event)).pipe(
      filter(command => !!command),
      concatMap(async command => {
        failedCommand = true;
        await this.#execute(command);
        failedCommand = false;
      }),
    );
    try {
      await lastValueFrom(commands, { defaultValue: undefined });
    } catch (error) {
      if (!failedCommand) this.#unhandled(this.place.key, error);
      throw error;
    }
  }

  close(): void {
    this.#stream.close();
  }

  readonly #call: ISaga = events => {
    const { wrapper, key } = this.place;
    const saga = (wrapper.instance as unknown as Record<string, ISaga>)[key];
    if (typeof saga !== 'function') throw new InvalidSagaException();
    const commands = saga.call(wrapper.instance, events);
    if (!(commands instanceof Observable)) throw new InvalidSagaException();
    return commands;
  };

  #fed(event: object): ICommand[] {
    try {
      return this.#stream.feed(event);
    } catch (error) {
      this.#unhandled(this.place.key, error);
      throw error;
    }
  }

  async #execute(command: ICommand): Promise<void> {
    try {
      await this.surroundings.wiring().commandBuses[0]!.execute(command);
    } catch (error) {
      this.#unhandled(command, error);
      throw error;
    }
  }

  /** As @nestjs/cqrs does it: what it emits later belongs to no event that could be handled again. */
  #later(command: ICommand): void {
    this.#warnOnce();
    this.#execute(command).catch(error => this.#reportLater(error, 'A command'));
  }

  #failedLater(error: unknown): void {
    this.#unhandled(this.place.key, error);
    this.#reportLater(error, 'An operator');
  }

  #reportLater(error: unknown, what: string): void {
    this.surroundings.failures.report(
      error,
      `${what} of the saga ${this.place.name} failed after its event was handled, and is not tried again.`,
    );
  }

  #warnOnce(): void {
    if (this.#warned) return;
    this.#warned = true;
    this.surroundings.failures.warn(
      `The saga ${this.place.name} emits commands later than it gets the event. These are lost if the process dies meanwhile. ` +
        'If it keeps nothing between events, mark it with @Durable({ perEvent: true }).',
    );
  }

  #unhandled(cause: string | ICommand, error: unknown): void {
    publishUnhandled(cause as ICommand, error, this.surroundings);
  }
}
