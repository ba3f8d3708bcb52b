import type { EventProcessorDefinition } from '../definition/definition';
import type { StoredCause, StoredCommand } from '../processes/turns/inputs';

/** The name under which scheduled commands are stored. Names with $ are reserved for the framework. */
export const SCHEDULE = '$schedule';

/** The key of the deadline of a scheduled command, and that of the next occurrence of a recurring one. */
export const COMMAND_KEY = 'command';
export const NEXT_KEY = 'next';

/** The stored form of a command that is due: a scheduled one, or an occurrence of a recurring one. */
export interface ScheduledContent {
  readonly command: StoredCommand;
  readonly cause: StoredCause;
}

/** What is stored of the next occurrence of a recurring command. */
export interface NextContent {
  readonly cron: string;
  readonly timeZone: string;
  /** In milliseconds since 1970. The deadline itself may be later, if no running code knew the command. */
  readonly dueAt: number;
}

/** The prefix of the instances under which recurring commands are stored. */
const RECURRING = '$recurring/';

/** Returns the instance under which a recurring command is stored. */
export const recurringKey = (name: string): string => RECURRING + name;

/** Follows no events, but has segments, by which processes share the scheduled commands. */
export const scheduleDefinition: EventProcessorDefinition = {
  kind: 'process',
  ...{ name: SCHEDULE, handlers: new Map() },
  options: { segments: 4, sequenceBy: 'all', replay: 'skip' },
};
