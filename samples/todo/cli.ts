import { parseArgs } from 'node:util';
import { bootstrap, nearest } from 'eventuality';
import { type Action, actions } from './actions';
import type { Print } from './log';
import { TodoModule } from './module';
import { openStore, type Place } from './store';
import { story } from './story';

/** Where the program prints, and where it keeps its todos. */
export interface Surroundings {
  readonly out: Print;
  readonly err: Print;
  readonly place: Place;
}

/** A mistake in what was typed. */
class UsageError extends Error {}

/** Runs one command of the command line; returns the exit code. */
export async function run(args: readonly string[], { out, err, place }: Surroundings): Promise<number> {
  let values: string[] = [];
  try {
    const [name, ...rest] = wordsOf(args);
    values = rest;
    if (name === undefined) await story(out);
    else if (name === 'help') out(help());
    else await act(actionOf(name, values), values, out, place);
    return 0;
  } catch (error) {
    err(explanation(error, values[0]));
    return 1;
  }
}

function wordsOf(args: readonly string[]): string[] {
  const options = { help: { type: 'boolean', short: 'h' } } as const;
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  return values.help ? ['help'] : positionals;
}

function actionOf(name: string, values: readonly string[]): Action {
  const action = actions.get(name);
  if (!action) {
    const known = [...actions.keys(), 'help'];
    const meant = nearest(name, known);
    throw new UsageError(
      `There is no '${name}'.${meant ? ` Did you mean '${meant}'?` : ''} There are: ${known.join(', ')}.`,
    );
  }
  if (values.length === action.takes.length) return action;
  const tooMany =
    values.length > action.takes.length && action.takes.includes('text')
      ? ' Put a text of several words in quotes.'
      : '';
  throw new UsageError(`Use: ${usage(name, action)}.${tooMany}`);
}

// What keeps a command from its work is answered by the command, in one line.
const silent = { error: () => undefined, warn: () => undefined };

async function act(action: Action, values: readonly string[], out: Print, place: Place): Promise<void> {
  const flow = await bootstrap(TodoModule, { eventStore: openStore(place), logger: silent });
  try {
    await action.run(flow, out, ...values);
  } finally {
    await flow.close();
  }
}

const usage = (name: string, { takes }: Action): string => [name, ...takes.map(argument => `<${argument}>`)].join(' ');

const KEPT = 'PostgreSQL (DATABASE_URL: its address, EVENTUALITY_SCHEMA: a schema of its own).';

function help(): string {
  const lines = [...actions].map(([name, action]) => `  ${usage(name, action).padEnd(20)}${action.help}`);
  const head = [
    'npm run todo                plays a short story in memory',
    'npm run todo -- <command>   runs one command:',
  ];
  return [
    ...head,
    ...lines,
    'The todos are kept in the file samples/todo/todo.db (TODO_FILE: another file), or in',
    KEPT,
  ].join('\n');
}

/** Every failure is answered by one line. */
function explanation(error: unknown, id: string | undefined): string {
  const { message, code } = error as NodeJS.ErrnoException;
  if (code === 'AGGREGATE_NOT_FOUND' || code === 'MISSING_AGGREGATE_ID') return `There is no todo '${id}'.`;
  return String(message || error).replace(/\s+/g, ' ');
}
