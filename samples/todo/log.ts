import { type EventContext, EventHandler } from 'eventuality';
import { inject } from 'tsyringe';
import { TodoAdded, TodoCompleted, TodoRenamed } from './domain';

/** Where the log writes its lines. */
export type Print = (line: string) => void;
export const PRINT = Symbol('print');

/** A listener that writes a line for each event. */
export class Log {
  constructor(@inject(PRINT) private readonly print: Print) {}

  @EventHandler(TodoAdded)
  @EventHandler(TodoRenamed)
  @EventHandler(TodoCompleted)
  log(_: object, { event }: EventContext) {
    this.print(`event    ${describe(event)}`);
  }
}

/** Puts an event into one line. */
export const describe = ({ aggregateName, aggregateId, version, name, payload }: EventContext['event']): string =>
  `${aggregateName} ${aggregateId} v${version}  ${name} ${JSON.stringify(payload)}`;
