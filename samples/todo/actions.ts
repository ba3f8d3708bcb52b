import { AggregateAlreadyExistsError, type Application } from 'eventuality';
import { bar } from './bar';
import { CompleteTodo, CreateTodo, RenameTodo, TodoError } from './domain';
import { describe, type Print } from './log';
import { line } from './story';
import { AllTodos, TodoList } from './todo-list';

// The list follows the events a moment behind; where a process that followed was killed, another one takes over after
// some seconds.
const TIMEOUT_MS = 30_000;
const shown = { waitFor: [TodoList], waitTimeout: TIMEOUT_MS };

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
    const newest = await flow.readModel(TodoList).first({ orderBy: { field: 'place', direction: 'desc' } });
    const id = await createWithFreeId(flow, Number(newest?.id ?? 0) + 1, text);
    await show(`Added ${id}`, flow, print, id);
  },
};

const complete: Action = {
  takes: ['id'],
  help: 'ticks a todo off',
  async run(flow, print, id = '') {
    const { succeeded } = await flow.dispatch(new CompleteTodo(id), shown);
    if (!succeeded) throw new TodoError(`Todo ${id} is completed already.`);
    await show(`Completed ${id}`, flow, print, id);
  },
};

const rename: Action = {
  takes: ['id', 'text'],
  help: 'gives a todo another text',
  async run(flow, print, id = '', text = '') {
    const { succeeded } = await flow.dispatch(new RenameTodo(id, text), shown);
    if (!succeeded) throw new TodoError(`Todo ${id} has that description already.`);
    await show(`Renamed ${id}`, flow, print, id);
  },
};

const list: Action = {
  takes: [],
  help: 'shows all todos',
  async run(flow, print) {
    await flow.processors.settled({ timeout: TIMEOUT_MS });
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

const rebuild: Action = {
  takes: [],
  help: 'fills the list anew, beside the one that is shown meanwhile',
  async run(flow, print) {
    const rebuild = await flow.processors.of('todo-list').rebuild();
    let drawn = '';
    for await (const step of rebuild.progress()) {
      drawn = bar(step);
      print(drawn, true);
    }
    print(`${drawn}: the list is filled anew.`);
  },
};

export const actions = new Map<string, Action>(Object.entries({ add, complete, rename, list, history, rebuild }));

/** Another process may have taken a number meanwhile: then the next one is tried. */
async function createWithFreeId(flow: Application, number: number, text: string): Promise<string> {
  const id = String(number);
  try {
    await flow.dispatch(new CreateTodo(id, text), shown);
    return id;
  } catch (error) {
    if (!(error instanceof AggregateAlreadyExistsError)) throw error;
    return createWithFreeId(flow, number + 1, text);
  }
}

async function show(what: string, flow: Application, print: Print, id: string): Promise<void> {
  const todo = await flow.readModel(TodoList).get(id);
  print(`${what}: ${todo?.description}`);
}
