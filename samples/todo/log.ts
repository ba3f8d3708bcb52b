import { type EventContext, EventHandler } from 'eventuality';
import { TodoCompleted, TodoCreated, TodoRenamed } from './domain';

/** Writes a line; one that is passing gives its place to the next, where that can be done. */
export type Print = (line: string, passing?: boolean) => void;

/** A listener that writes a line for each event. */
export class Log {
  constructor(private readonly print: Print) {}

  @EventHandler(TodoCreated)
  @EventHandler(TodoRenamed)
  @EventHandler(TodoCompleted)
  log(_: object, { event }: EventContext) {
    this.print(`event    ${describe(event)}`);
  }
}

/** Puts an event into one line. */
export const describe = ({ aggregateName, aggregateId, version, name, payload }: EventContext['event']): string =>
  `${aggregateName} ${aggregateId} v${version}  ${name} ${JSON.stringify(payload)}`;
