import { bootstrap } from 'eventuality';
import { CompleteTodo, CreateTodo, RenameTodo } from './domain';
import type { Print } from './log';
import { loggedTodoModule } from './module';
import { AllTodos, OpenTodos, TodoList, type TodoView } from './todo-list';

/** Plays a short story in memory and prints the commands, the events and the list. */
export async function story(print: Print): Promise<void> {
  const flow = await bootstrap(loggedTodoModule(print));
  // A live query: its next result comes when the open todos have changed.
  const open = flow.watch(new OpenTodos())[Symbol.asyncIterator]();
  const commands = [
    new CreateTodo('1', 'Buy milk'),
    new CreateTodo('2', 'Write the report'),
    new RenameTodo('1', 'Buy oat milk'),
    new CompleteTodo('1'),
    new CompleteTodo('1'),
    new RenameTodo('1', 'Buy tea'),
  ];
  for (const command of commands) {
    print(`command  ${command.constructor.name} ${JSON.stringify(command)}`);
    try {
      const { succeeded } = await flow.dispatch(command, { waitFor: [TodoList] });
      await flow.eventBus.drain();
      print(succeeded ? `open     ${descriptions((await open.next()).value)}` : '         led to no events');
    } catch (error) {
      print(`         refused: ${(error as Error).message}`);
    }
  }
  print('');
  for (const todo of await flow.query(new AllTodos())) print(line(todo));
  await flow.close();
}

const descriptions = (todos: readonly TodoView[]): string => todos.map(({ description }) => description).join(', ');

/** Puts a todo into one line. */
export const line = ({ id, description, completed }: TodoView): string =>
  `[${completed ? 'x' : ' '}] ${id}  ${description}`;
