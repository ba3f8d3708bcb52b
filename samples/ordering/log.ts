import type { CommandMessage, CommandMiddleware, CommandOutcome } from 'eventuality';

/** Writes a line. */
export type Print = (line: string) => void;

/** Middleware that writes a line for each command, and for what it led to. */
export const logging =
  (print: Print): CommandMiddleware<CommandOutcome> =>
  async (message, next) => {
    const { name, command } = message;
    print(`${senderOf(message)}  ${name} ${JSON.stringify(command)}`);
    try {
      const outcome = await next(message);
      for (const { aggregateName, aggregateId, version, name, payload } of outcome.events)
        print(`event          ${aggregateName} ${aggregateId} v${version}  ${name} ${JSON.stringify(payload)}`);
      if (!outcome.succeeded) print('               led to no events');
      return outcome;
    } catch (error) {
      print(`               refused: ${(error as Error).message}`);
      throw error;
    }
  };

const senderOf = ({ cause, metadata }: CommandMessage): string => {
  if (metadata.dueAt !== undefined) return 'scheduled    ';
  return cause ? 'process sends' : 'command      ';
};

// What keeps a command from its work is said by its line.
export const silent = { error: () => undefined, warn: () => undefined };
