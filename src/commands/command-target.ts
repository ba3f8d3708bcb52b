import type { CommandMessage } from '../messages';
import { isName } from '../messages';
import { type CommandRule, MissingAggregateIdError } from '../model';

/**
 * Returns the id of the aggregate that a command is for. @throws MissingAggregateIdError, and what the rule's `target`
 * throws
 */
export function targetOf({ name, command }: CommandMessage, rule: CommandRule, aggregateName: string): string {
  const id = rule.target ? rule.target(command) : command?.id;
  if (!isName(id)) throw new MissingAggregateIdError(aggregateName, `The command ${name}`, id);
  return id;
}
