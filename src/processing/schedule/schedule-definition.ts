import type { EventProcessorDefinition } from '../definition/definition';
import type { StoredCause, StoredCommand } from '../processes/turns/inputs';

/** The name under which scheduled commands are stored. Names with $ are the framework's. */
export const SCHEDULE = '$schedule';

/** The key of the deadline of a scheduled command, and that of the next occurrence of a recurring one. */
export const COMMAND_KEY = 'command';
export const NEXT_KEY = 'next';

/** What is stored of a command that is due: a scheduled one, or an occurrence of a recurring one. */
export interface ScheduledContent {
  readonly command: StoredCommand;
  readonly cause: StoredCause;
}

/** What is stored of the next occurrence of a recurring command. */
export interface NextContent {
  readonly cron: string;
  readonly timeZone: string;
  /** In milliseconds since 1970. The deadline itself may be later, where no code knew the command. */
  readonly dueAt: number;
}

/** Begins the names of the instances that recurring commands are stored under. */
const RECURRING = '$recurring/';

/** The instance that a recurring command is stored under. */
export const recurringKey = (name: string): string => RECURRING + name;

/** What follows nothing, and has segments: the processes share the scheduled commands as they share events. */
export const scheduleDefinition: EventProcessorDefinition = {
  ...{ kind: 'process', name: SCHEDULE, handlers: new Map() },
  options: { segments: 4, sequenceBy: 'all', replay: 'skip' },
};
