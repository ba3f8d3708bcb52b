import { AsyncContext, type CommandBus, type QueryBus } from '@nestjs/cqrs';
import type { Flow } from '../../../../index';
import { eventTypeOf } from '../../../../store-kit';
import { FlowContext, sourceOf } from './flow-context';
import type { MessageScopes } from './message-scopes';
import { withoutContext } from './prepared-message';

/** The names of the messages that @nestjs/cqrs handles. */
export interface OwnNames {
  readonly commands: ReadonlySet<string>;
  readonly queries: ReadonlySet<string>;
}

type Executing = (message: object, context?: AsyncContext) => Promise<any>;

/** Lets the buses of @nestjs/cqrs pass on to a flow what it handles. */
export class BridgedBuses {
  constructor(
    private readonly flow: Flow,
    private readonly own: OwnNames,
    private readonly scopes: MessageScopes,
  ) {}

  /** Subscribers of the bus get the command, as they get all. */
  takeCommands(bus: CommandBus): void {
    const names = without(this.flow.commandNames, this.own.commands);
    const execute: Executing = bus.execute.bind(bus);
    bus.execute = (command: object, context?: AsyncContext): Promise<any> => {
      if (!names.has(nameOf(command))) return execute(command, context);
      bus.publisher.publish(command);
      const given = this.#within(command, context);
      const [source, message] = [sourceOf(given), withoutContext(command)];
      if (source) return source.dispatch(message);
      return this.flow.dispatch(message, given instanceof FlowContext ? { metadata: given.metadata } : undefined);
    };
  }

  takeQueries(bus: QueryBus): void {
    const names = without(this.flow.queryNames, this.own.queries);
    const execute: Executing = bus.execute.bind(bus);
    bus.execute = (query: object, context?: AsyncContext): Promise<any> => {
      if (!names.has(nameOf(query))) return execute(query, context);
      bus.publisher.publish(query);
      const source = sourceOf(this.#within(query, context)) ?? this.flow;
      return source.query(withoutContext(query));
    };
  }

  #within(message: object, context: AsyncContext | undefined): AsyncContext | undefined {
    return context ?? AsyncContext.of(message) ?? this.scopes.current?.context;
  }
}

const without = (names: Iterable<string>, others: ReadonlySet<string>): Set<string> =>
  new Set([...names].filter(name => !others.has(name)));

/** Undefined for what has no name, which the bus refuses itself. */
const nameOf = (message: object): string => {
  const type = message?.constructor as (new (...args: any[]) => object) | undefined;
  return typeof type === 'function' && type.name !== '' ? eventTypeOf(type).name : '';
};
