import { AggregateAlreadyExistsError, type Application } from 'eventuality';
import { CompleteTodo, CreateTodo, RenameTodo, TodoError } from './domain';
import { describe, type Print } from './log';
import { line } from './story';
import { AllTodos } from './todo-list';

/** What can be asked for on the command line. */
export interface Action {
  /** The names of its arguments; each must be given. */
  readonly takes: readonly string[];
  readonly help: string;
  run(flow: Application, print: Print, ...values: string[]): Promise<void>;
}

const add: Action = {
  takes: ['text'],
  help: 'writes a todo on the list',
  async run(flow, print, text = '') {
    const todos = await flow.query(new AllTodos());
    const highest = todos.reduce((highest, todo) => Math.max(highest, Number(todo.id)), 0);
    const id = await createWithFreeId(flow, highest + 1, text);
    await show(`Added ${id}`, flow, print, id);
  },
};

const complete: Action = {
  takes: ['id'],
  help: 'ticks a todo off',
  async run(flow, print, id = '') {
    const { succeeded } = await flow.dispatch(new CompleteTodo(id));
    if (!succeeded) throw new TodoError(`Todo ${id} is completed already.`);
    await show(`Completed ${id}`, flow, print, id);
  },
};

const rename: Action = {
  takes: ['id', 'text'],
  help: 'gives a todo another text',
  async run(flow, print, id = '', text = '') {
    const { succeeded } = await flow.dispatch(new RenameTodo(id, text));
    if (!succeeded) throw new TodoError(`Todo ${id} has that description already.`);
    await show(`Renamed ${id}`, flow, print, id);
  },
};

const list: Action = {
  takes: [],
  help: 'shows all todos',
  async run(flow, print) {
    const todos = await flow.query(new AllTodos());
    if (todos.length === 0) print('Nothing to do. Add something: npm run todo -- add "Buy milk"');
    for (const todo of todos) print(line(todo));
  },
};

const history: Action = {
  takes: ['id'],
  help: 'shows everything that happened to a todo',
  async run(flow, print, id = '') {
    const events = await flow.eventStore.read({ aggregateName: 'Todo', aggregateId: id });
    if (events.length === 0) throw new TodoError(`There is no todo '${id}'.`);
    for (const event of events) print(`${event.recordedAt}  ${describe(event)}`);
  },
};

export const actions = new Map<string, Action>(Object.entries({ add, complete, rename, list, history }));

/** Somebody else may have taken a number in the meantime: then the next one is tried. */
async function createWithFreeId(flow: Application, number: number, text: string): Promise<string> {
  const id = String(number);
  try {
    await flow.dispatch(new CreateTodo(id, text));
    return id;
  } catch (error) {
    if (!(error instanceof AggregateAlreadyExistsError)) throw error;
    return createWithFreeId(flow, number + 1, text);
  }
}

/** The list follows the events a moment later: it is asked when it has caught up. */
async function show(what: string, flow: Application, print: Print, id: string): Promise<void> {
  await flow.eventBus.drain();
  const todos = await flow.query(new AllTodos());
  print(`${what}: ${todos.find(todo => todo.id === id)?.description}`);
}
