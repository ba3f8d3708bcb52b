import { AggregateRoot, type CommandContext, CommandHandler, type HandlerContext } from 'eventuality';
import {
  CompleteTodo,
  CreateTodo,
  holds,
  InvoicePaid,
  RenameTodo,
  type Same,
  TodoCompleted,
  TodoCreated,
} from './todo';

type TodoEvent = TodoCreated | TodoCompleted;

class WhatMayBeReturned extends AggregateRoot<TodoEvent> {
  @CommandHandler(CreateTodo)
  one(command: CreateTodo) {
    return new TodoCreated(command.description);
  }

  @CommandHandler(CreateTodo)
  list(command: CreateTodo) {
    return [new TodoCreated(command.description), new TodoCompleted('ann')];
  }

  @CommandHandler(CreateTodo)
  readonlyList(): readonly TodoEvent[] {
    return [];
  }

  @CommandHandler(CreateTodo)
  emptyList() {
    return [];
  }

  @CommandHandler(CreateTodo)
  nothing() {}

  @CommandHandler(CreateTodo)
  nullOrUndefined(command: CreateTodo) {
    return command.id === '' ? null : undefined;
  }

  @CommandHandler(CreateTodo)
  listOrEvent(command: CreateTodo) {
    return command.id === '' ? [] : new TodoCreated(command.description);
  }

  @CommandHandler(CreateTodo)
  async promiseOfOne(command: CreateTodo) {
    return new TodoCreated(command.description);
  }

  @CommandHandler(CreateTodo)
  async promiseOfList(command: CreateTodo) {
    return [new TodoCreated(command.description), new TodoCompleted('ann')];
  }

  @CommandHandler(CreateTodo)
  async promiseOfNothing() {}

  @CommandHandler(CreateTodo)
  withContext(command: CreateTodo, context: CommandContext) {
    holds<Same<typeof context.now, Date>>();
    return new TodoCreated(`${command.description} ${context.newId()}`);
  }

  @CommandHandler(CreateTodo)
  lessThanTheCommand({ id }: { id: string }) {
    return new TodoCreated(id);
  }
}

class WhatMayNotBeReturned extends AggregateRoot<TodoEvent> {
  // @ts-expect-error an event outside of the union
  @CommandHandler(CreateTodo)
  foreign() {
    return new InvoicePaid(1);
  }

  // @ts-expect-error an event of the union, or one outside of it
  @CommandHandler(CreateTodo)
  either(command: CreateTodo) {
    return command.id === '' ? new InvoicePaid(1) : new TodoCreated('');
  }

  // @ts-expect-error a list with a wrong event
  @CommandHandler(CreateTodo)
  list() {
    return [new TodoCreated(''), new InvoicePaid(1)];
  }

  // @ts-expect-error a promise of a wrong event
  @CommandHandler(CreateTodo)
  async promise() {
    return new InvoicePaid(1);
  }

  // @ts-expect-error a promise of a list with a wrong event
  @CommandHandler(CreateTodo)
  async promiseOfList() {
    return [new TodoCreated(''), new InvoicePaid(1)];
  }

  // @ts-expect-error a list of lists
  @CommandHandler(CreateTodo)
  nested() {
    return [[new TodoCreated('')]];
  }

  // @ts-expect-error the class instead of an instance
  @CommandHandler(CreateTodo)
  type() {
    return TodoCreated;
  }

  // @ts-expect-error text
  @CommandHandler(CreateTodo)
  text() {
    return 'created';
  }

  // @ts-expect-error without an argument too, the result is checked
  @CommandHandler()
  inferred(_command: CreateTodo) {
    return new InvoicePaid(1);
  }
}

class WrongParameters extends AggregateRoot<TodoEvent> {
  // @ts-expect-error the parameter is another command
  @CommandHandler(CreateTodo)
  other(command: CompleteTodo) {
    return new TodoCompleted(command.by);
  }

  // @ts-expect-error the parameter wants more than the command has
  @CommandHandler(CreateTodo)
  more(command: CreateTodo & { readonly priority: number }) {
    return new TodoCreated(String(command.priority));
  }

  // @ts-expect-error the parameter is text
  @CommandHandler(CreateTodo)
  text(command: string) {
    return new TodoCreated(command);
  }

  // @ts-expect-error an aggregate's handler gets no repositories
  @CommandHandler(CreateTodo)
  context(_command: CreateTodo, _context: HandlerContext) {}

  // @ts-expect-error there is no third parameter
  @CommandHandler(CreateTodo)
  third(_command: CreateTodo, _context: CommandContext, _third: string) {}

  // @ts-expect-error a handler is a method
  @CommandHandler(CreateTodo)
  field = '';
}

/** Without a union every object is an event. */
class WithoutUnion extends AggregateRoot {
  @CommandHandler(CreateTodo)
  anything() {
    return [new TodoCreated(''), new InvoicePaid(1)];
  }

  // @ts-expect-error the parameter is checked all the same
  @CommandHandler(CreateTodo)
  other(command: CompleteTodo) {
    return new TodoCompleted(command.by);
  }

  act() {
    this.apply(new InvoicePaid(1));
  }
}

class Options extends AggregateRoot<TodoEvent> {
  @CommandHandler(CreateTodo, { creates: true })
  creates() {}

  @CommandHandler(CreateTodo, { creates: 'if-missing' })
  ifMissing() {}

  @CommandHandler(RenameTodo, { target: command => command.todoId })
  target() {}

  @CommandHandler(RenameTodo, { creates: false, target: ({ todoId }) => todoId })
  both(command: RenameTodo) {
    return new TodoCreated(command.text);
  }

  // @ts-expect-error no such way to create
  @CommandHandler(CreateTodo, { creates: 'maybe' })
  maybe() {}

  // @ts-expect-error the command has no such field
  @CommandHandler(RenameTodo, { target: command => command.id })
  wrongField() {}

  // @ts-expect-error a target is text
  @CommandHandler(RenameTodo, { target: command => command.text.length })
  wrongTarget() {}

  // @ts-expect-error the target function is for another command
  @CommandHandler(RenameTodo, { target: (command: CompleteTodo) => command.id })
  otherCommand() {}

  // @ts-expect-error no such option
  @CommandHandler(CreateTodo, { create: true })
  misspelt() {}

  // @ts-expect-error a command is a class
  @CommandHandler('CreateTodo')
  name() {}
}

class WithoutArgument extends AggregateRoot<TodoEvent> {
  @CommandHandler()
  create(command: CreateTodo) {
    return new TodoCreated(command.description);
  }

  @CommandHandler()
  async complete({ by }: CompleteTodo, _context: CommandContext) {
    return [new TodoCompleted(by)];
  }
}

class Applying extends AggregateRoot<TodoEvent> {
  act() {
    this.apply(new TodoCreated(''));
    this.apply(new TodoCompleted('ann'));
    // @ts-expect-error an event outside of the union
    this.apply(new InvoicePaid(1));
    // @ts-expect-error one event at a time
    this.apply([new TodoCreated('')]);
    // @ts-expect-error no event at all
    this.apply(undefined);
  }
}

class Inherited extends WhatMayBeReturned {
  @CommandHandler(CompleteTodo)
  complete({ by }: CompleteTodo) {
    return new TodoCompleted(by);
  }

  // @ts-expect-error the union of the parent holds for its subclasses
  @CommandHandler(RenameTodo)
  rename() {
    return new InvoicePaid(1);
  }
}

/** Outside of an aggregate a handler may return what it wants: events are recorded through repositories. */
class HandlerClass {
  @CommandHandler(CreateTodo)
  async create(command: CreateTodo, context: HandlerContext) {
    const todos = context.repository(Applying);
    holds<Same<Awaited<ReturnType<typeof todos.load>>, Applying>>();
    return (await todos.find(command.id)) ? undefined : command.description;
  }

  // @ts-expect-error the parameter is another command
  @CommandHandler(CreateTodo)
  other(_command: CompleteTodo) {}
}

// @ts-expect-error apply belongs to the aggregate
new Applying('id').apply(new TodoCreated(''));

export { HandlerClass, Inherited, Options, WhatMayNotBeReturned, WithoutArgument, WithoutUnion, WrongParameters };
