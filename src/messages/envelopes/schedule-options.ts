import type { Duration } from '../options/duration';

/** When a command is to be carried out: one of both is needed. */
export interface ScheduleOptions {
  readonly at?: Date | string;
  readonly in?: Duration;
  /**
   * Names the scheduled command, for `unschedule`; scheduling another one under the key replaces it. Default its id.
   */
  readonly key?: string;
  /**
   * Identifies the command, 1 to 255 characters, as that of `dispatch`: scheduled again after a crash, it takes effect
   * once. Default a UUID; in the handler of a command with an id, and in a reactor, one that is the same each time.
   */
  readonly commandId?: string;
  /** Entries for the metadata of the command, such as `{ actor: 'ann' }`. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}
