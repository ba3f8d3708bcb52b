import { Module } from 'eventuality';
import { Todo } from './domain';
import { Log, PRINT } from './log';
import { TodoList } from './todo-list';

@Module({ components: [Todo, TodoList] })
export class TodoModule {}

@Module({ imports: [TodoModule], components: [Log], providers: [{ provide: PRINT, useValue: (line: string) => console.log(line) }] })
export class LoggedTodoModule {}
