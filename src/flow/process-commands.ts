import type { CommandOutcome, DispatchOptions, MessageCause } from '../messages';
import type { ProcessCommands } from '../processing';
import type { CommandBus } from './buses/command-bus';

/** What carries a command out. */
interface Dispatching {
  dispatchFrom(command: object, options?: DispatchOptions, cause?: MessageCause): Promise<CommandOutcome>;
}

/** Carries out what processes and the schedule have stored, as the commands of a flow. */
export const processCommands = (commands: () => CommandBus<CommandOutcome>, flow: Dispatching): ProcessCommands => ({
  checkedName: command => commands().checkedName(command),
  revive: ({ name, data }) => commands().revived(name, data),
  dispatch: ({ name, data }, { cause, ...options }) =>
    flow.dispatchFrom(commands().revived(name, data), options, cause),
});
