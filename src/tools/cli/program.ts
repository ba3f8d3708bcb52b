import type { Command } from 'commander';
import { loaded } from './optional-package';
import type { Outcome } from './outcome';
import { type Report, refused, reported } from './report';
import { checkEvents, lockEvents, type SchemaOptions } from './schema/verbs';
import { messageOf } from './wrong-use';

/** Runs the command line with the arguments after the program's name; it never rejects. */
export async function run(args: readonly string[]): Promise<Report> {
  const json = args.includes('--json');
  try {
    const commander = await loaded('commander', () => import('commander'));
    return await parsed(new commander.Command(), args, json);
  } catch (error) {
    return refused(messageOf(error), json);
  }
}

/** What the framework's own errors and those of commander have in common. */
interface ParsingError extends Error {
  readonly code?: string;
  readonly exitCode?: number;
}

async function parsed(program: Command, args: readonly string[], json: boolean): Promise<Report> {
  let outcome: Outcome | undefined;
  const printed = { out: '', err: '' };
  describe(program, async verb => {
    outcome = await verb();
  });
  // The settings are copied to the commands below when these are added, so each gets them by itself.
  for (const command of withChildren(program))
    command.exitOverride().configureOutput({
      writeOut: text => (printed.out += text),
      writeErr: text => (printed.err += text),
    });
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    const { code = '', exitCode } = error as ParsingError;
    if (!code.startsWith('commander.')) throw error;
    if (exitCode === 0) return { ...printed, exitCode };
    if (code === 'commander.help')
      return refused(
        'Say what to do: eventuality schema lock, or eventuality schema check. More: eventuality --help',
        json,
      );
    return refused(messageOf(printed.err.replace(/^error: /, '')), json);
  }
  return reported(outcome!, json);
}

const withChildren = (command: Command): Command[] => [command, ...command.commands.flatMap(withChildren)];

function describe(program: Command, perform: (verb: () => Promise<Outcome>) => Promise<void>): void {
  program.name('eventuality').description('Tools for applications that are made with eventuality.');
  const schema = program.command('schema').description('The shapes of events, and the lock file that keeps them.');
  verb(schema, 'lock')
    .description('Writes the lock file: what is stored of each event of the application.')
    .option('--against <ref>', 'start from the lock file of a git ref instead of the present one')
    .action((options: SchemaOptions) => perform(() => lockEvents(options)));
  verb(schema, 'check')
    .description('Finds changes of events that would make stored events unreadable. Exit code 1 if there are any.')
    .option('--against <ref>', 'what the lock file of a git ref has must be unchanged')
    .option('--store', 'read all stored events too')
    .action((options: SchemaOptions) => perform(() => checkEvents(options)));
}

const verb = (parent: Command, name: string): Command =>
  parent
    .command(name)
    .option('--config <file>', 'the config; default eventuality.config.ts in the working directory')
    .option('--write-upcaster', 'print the code of the steps that are missing')
    .option('--json', 'print one object: { version, status, data, diagnostics }');
