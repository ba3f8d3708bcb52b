import { join } from 'node:path';
import { type Application, bootstrap, EventualityError } from 'eventuality';
import { AddTodo, CompleteTodo, RenameTodo, TodoError } from './domain';
import { DamagedFileError, JsonLinesEventStore } from './json-lines-event-store';
import { describe } from './log';
import { TodoModule } from './module';
import { line, story } from './story';
import { AllTodos } from './todo-list';

/** Where the program prints, and where it keeps its todos. */
export interface Surroundings {
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
  readonly file: string;
}

/** A mistake in what was typed, answered by one line. */
class UsageError extends Error {}

interface Action {
  readonly usage: string;
  readonly arguments: number;
  run(flow: Application, out: (line: string) => void, ...values: string[]): Promise<void>;
}

const actions = new Map<string, Action>([
  [
    'add',
    {
      usage: 'add <text>',
      arguments: 1,
      async run(flow, out, text) {
        const todos = await flow.query(new AllTodos());
        const id = String(Math.max(0, ...todos.map(todo => Number(todo.id))) + 1);
        await flow.dispatch(new AddTodo(id, text!));
        out(`Added ${id}: ${text!.trim()}`);
      },
    },
  ],
  [
    'complete',
    {
      usage: 'complete <id>',
      arguments: 1,
      async run(flow, out, id) {
        const { succeeded } = await flow.dispatch(new CompleteTodo(id!));
        if (!succeeded) throw new TodoError(`Todo ${id} is completed already.`);
        out(`Completed ${id}`);
      },
    },
  ],
  [
    'rename',
    {
      usage: 'rename <id> <text>',
      arguments: 2,
      async run(flow, out, id, text) {
        const { succeeded } = await flow.dispatch(new RenameTodo(id!, text!));
        if (!succeeded) throw new TodoError(`Todo ${id} has that description already.`);
        out(`Renamed ${id}: ${text!.trim()}`);
      },
    },
  ],
  [
    'list',
    {
      usage: 'list',
      arguments: 0,
      async run(flow, out) {
        const todos = await flow.query(new AllTodos());
        if (todos.length === 0) out('Nothing to do. Add something: npm run todo -- add "Buy milk"');
        for (const todo of todos) out(line(todo));
      },
    },
  ],
  [
    'history',
    {
      usage: 'history <id>',
      arguments: 1,
      async run(flow, out, id) {
        const events = await flow.eventStore.read({ aggregateName: 'Todo', aggregateId: id! });
        if (events.length === 0) throw new TodoError(`There is no todo ${id}.`);
        for (const event of events) out(`${event.recordedAt}  ${describe(event)}`);
      },
    },
  ],
]);

const usage = (): string => `Use: ${[...actions.values()].map(action => action.usage).join(' | ')}`;

/** Runs one command of the command line; returns the exit code. */
export async function run(args: readonly string[], { out, err, file }: Surroundings): Promise<number> {
  const [name, ...values] = args;
  try {
    if (name === undefined) await story(out);
    else if (name === 'help') out(usage());
    else await runAction(name, values, out, file);
    return 0;
  } catch (error) {
    err(explanation(error, values[0], file));
    return 1;
  }
}

async function runAction(name: string, values: string[], out: (line: string) => void, file: string): Promise<void> {
  const action = actions.get(name);
  if (!action) throw new UsageError(`There is no '${name}'. ${usage()}`);
  if (values.length !== action.arguments) throw new UsageError(`Use: ${action.usage} (text with spaces in quotes)`);
  const flow = await bootstrap(TodoModule, { eventStore: new JsonLinesEventStore(file) });
  try {
    await showThePast(flow);
    await action.run(flow, out, ...values);
  } finally {
    await flow.close();
  }
}

/** The list lives in memory: at each start it is made again from the events. */
async function showThePast({ eventStore, eventBus }: Application): Promise<void> {
  let page = await eventStore.readAll();
  while (page.length > 0) {
    eventBus?.publish(page);
    page = await eventStore.readAll({ after: page.at(-1)!.position });
  }
  await eventBus?.drain();
}

function explanation(error: unknown, id: string | undefined, file: string): string {
  if (error instanceof UsageError || error instanceof TodoError || error instanceof DamagedFileError) return error.message;
  if (EventualityError.is(error))
    return error.code === 'AGGREGATE_NOT_FOUND' ? `There is no todo ${id}.` : error.message.replace(/\s+/g, ' ');
  const { code } = error as NodeJS.ErrnoException;
  return code ? `The file ${file} cannot be used: ${code}.` : String(error);
}

/** The file that `npm run todo` uses unless TODO_FILE names another. */
export const defaultFile = (): string => process.env.TODO_FILE ?? join(__dirname, 'todo.jsonl');
