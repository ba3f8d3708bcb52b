import {
  type BootstrapOptions,
  CommandBus,
  type CommandMessage,
  type CommandMiddleware,
  type CommandOutcome,
  EventBus,
  type EventContext,
  type EventListener,
  type EventStore,
  Flow,
  InMemoryEventStore,
  type QueryMiddleware,
  type RecordedEvent,
} from 'eventuality';
import { CreateTodo, holds, type Same, TodoCompleted, TodoCreated } from './todo';

export function subscribing(bus: EventBus) {
  const end = bus.subscribe(TodoCreated, ({ payload, version }, context) => {
    holds<Same<typeof payload, Readonly<TodoCreated>>>();
    holds<Same<typeof payload.description, string>>();
    holds<Same<typeof version, number>>();
    holds<Same<typeof context, EventContext>>();
    // @ts-expect-error the event has no such field
    payload.by;
    // @ts-expect-error the event does not change
    payload.description = '';
  });
  holds<Same<typeof end, () => void>>();
  bus.subscribe('TodoCreated', async ({ payload }) => payload.description);
  bus.subscribe({ TodoCreated: () => {}, TodoCompleted: [() => {}, async () => {}] });
  bus.subscribeAll(event => event.position > 0n);
  const listener: EventListener<TodoCreated> = () => {};
  bus.subscribe(TodoCreated, listener);
  // @ts-expect-error the listener is for another event
  bus.subscribe(TodoCompleted, listener);
  // @ts-expect-error a listener is needed
  bus.subscribe(TodoCreated);
  // @ts-expect-error a listener is a function
  bus.subscribe({ TodoCreated: 'log' });
}

export async function outcome(flow: Flow) {
  const created = await flow.dispatch(new CreateTodo('todo1', 'Buy milk'), {
    commandId: 'id',
    expectedVersion: 1,
    metadata: { actor: 'ann' },
  });
  holds<Same<typeof created, CommandOutcome>>();
  holds<Same<typeof created.position, bigint | undefined>>();
  // @ts-expect-error an outcome does not change
  created.succeeded = true;
  // @ts-expect-error nor do its events
  created.events.push();
  // @ts-expect-error a version is a number
  await flow.dispatch(new CreateTodo('todo1', ''), { expectedVersion: '1' });
  // @ts-expect-error no such option
  await flow.dispatch(new CreateTodo('todo1', ''), { version: 1 });
  // @ts-expect-error a command is an object
  await flow.dispatch('CreateTodo');
}

export function middleware(eventStore: EventStore) {
  const timing: CommandMiddleware<CommandOutcome> = async (message, next) => {
    holds<Same<typeof message, CommandMessage>>();
    const result = await next(message);
    holds<Same<typeof result, CommandOutcome>>();
    return { ...result, version: result.version };
  };
  const asking: QueryMiddleware = async (message, next) => {
    holds<Same<typeof message.name, string>>();
    return next({ ...message, query: {} });
  };
  const flow = new Flow({ eventStore, middleware: [timing], queryMiddleware: [asking] });
  // @ts-expect-error the outcome is lost
  new Flow({ eventStore, middleware: [async (message, next) => void (await next(message))] });
  // @ts-expect-error next takes a message
  new Flow({ eventStore, middleware: [async (_message, next) => next('CreateTodo')] });
  const renaming: CommandMiddleware<CommandOutcome> = async (message, next) => {
    // @ts-expect-error a message does not change
    message.name = '';
    return next(message);
  };
  // @ts-expect-error a flow needs a store
  new Flow({});
  const bus = new CommandBus<string>();
  bus.use(async (message, next) => (await next(message)).toUpperCase());
  // @ts-expect-error the handlers of this bus return text
  bus.use(async () => 1);
  bus.register(CreateTodo, ({ description }, message) => {
    holds<Same<typeof message, CommandMessage<CreateTodo>>>();
    return description;
  });
  // @ts-expect-error the handlers of this bus return text
  bus.register(CreateTodo, () => 1);
  // @ts-expect-error the command has no such field
  bus.register(CreateTodo, ({ by }) => by);
  // @ts-expect-error what is assembled from modules has no command handlers of its own
  const options: BootstrapOptions = { eventStore, commandHandlers: {} };
  return { flow, options, renaming };
}

export async function recordedEvents(event: RecordedEvent<TodoCreated>) {
  const [first] = await new InMemoryEventStore().readAll();
  holds<Same<typeof first, RecordedEvent | undefined>>();
  holds<Same<typeof event.metadata.correlationId, string>>();
  holds<Same<typeof event.metadata.actor, unknown>>();
  // @ts-expect-error a recorded event does not change
  event.version = 2;
  // @ts-expect-error nor does its payload
  event.payload.description = '';
  // @ts-expect-error nor does its metadata
  event.metadata.commandName = '';
  // @ts-expect-error nor does the caller's part of it
  event.metadata.actor = 'bob';
}
