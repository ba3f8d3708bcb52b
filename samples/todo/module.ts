import { Module, type ModuleClass } from 'eventuality';
import { Todo } from './domain';
import { Log, type Print } from './log';
import { TodoList, TodoQueries } from './todo-list';

@Module({ components: [Todo, TodoList, TodoQueries] })
export class TodoModule {}

/** The same with a log. A dependency that is no class comes from outside: here, where the log prints. */
export function loggedTodoModule(print: Print): ModuleClass {
  @Module({ imports: [TodoModule], components: [Log], providers: [{ provide: Log, useFactory: () => new Log(print) }] })
  class LoggedTodoModule {}
  return LoggedTodoModule;
}
