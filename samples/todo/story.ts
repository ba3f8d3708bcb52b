import { bootstrap } from 'eventuality';
import { CompleteTodo, CreateTodo, RenameTodo } from './domain';
import type { Print } from './log';
import { loggedTodoModule } from './module';
import { AllTodos, OpenTodos, type TodoView } from './todo-list';

/** Plays a short story in memory and prints the commands, the events and the list. */
export async function story(print: Print): Promise<void> {
  const flow = await bootstrap(loggedTodoModule(print));
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
      const { succeeded } = await flow.dispatch(command);
      await flow.eventBus.drain();
      if (!succeeded) print('         led to no events');
    } catch (error) {
      print(`         refused: ${(error as Error).message}`);
    }
  }
  print('');
  for (const todo of await flow.query(new AllTodos())) print(line(todo));
  print(`open: ${(await flow.query(new OpenTodos())).length}`);
  await flow.close();
}

/** Puts a todo into one line. */
export const line = ({ id, description, completed }: TodoView): string => `[${completed ? 'x' : ' '}] ${id}  ${description}`;
