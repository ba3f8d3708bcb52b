import type { CommandMessage } from '../messages';
import { MAX_NAME_LENGTH } from '../messages';
import { type CommandRule, MissingAggregateIdError } from '../model';

/**
 * Returns the id of the aggregate that a command is for. @throws MissingAggregateIdError, and what the rule's `target`
 * throws
 */
export function targetOf({ name, command }: CommandMessage, rule: CommandRule, aggregateName: string): string {
  const id = rule.target ? rule.target(command) : command?.id;
  if (typeof id !== 'string' || id === '' || id.length > MAX_NAME_LENGTH)
    throw new MissingAggregateIdError(aggregateName, `The command ${name}`, id);
  return id;
}
