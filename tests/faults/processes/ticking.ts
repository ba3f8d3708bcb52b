import { Event } from '../../../src/decorators';
import { Flow } from '../../../src/flow';
import type { RecordedEvent } from '../../../src/messages';
import { defineAggregate } from '../../../src/model';
import { deadline, defineProcess, send } from '../../../src/processing';
import type { EventStore } from '../../../src/store';
import { SILENT } from '../../support/logger';

/** When a ticker begins, and how it goes on; times are in milliseconds. */
export interface Ticks {
  readonly at: number;
  readonly every: number;
  readonly times: number;
}

/** What is recorded of a deadline that has fired. */
export interface Ticked {
  readonly n: number;
  readonly dueAt: number;
}

/** Records whatever it is told, and each time. */
const Ticker = defineAggregate({
  name: 'Ticker',
  state: {},
  commands: Object.fromEntries(
    Object.entries({ Begin: 'Begun', Tick: 'Ticked', Note: 'Noted' }).map(([command, name]) => [
      command,
      {
        creates: 'if-missing' as const,
        decide: (_: object, { id, ...payload }: { id: string }) => Event({ aggregateId: id, name, payload }),
      },
    ]),
  ),
});

/** Each instance has one deadline, which sets itself again until it has fired so many times. */
export const ticking = defineProcess({
  ...{ name: 'ticking', segments: 4, correlate: (event: RecordedEvent) => event.aggregateId },
  state: { count: 0, notes: 0, ticks: { at: 0, every: 0, times: 0 } },
  starts: {
    Begun: (state, ticks: Ticks) => {
      state.ticks = ticks;
      return deadline('tick', { at: new Date(ticks.at) });
    },
  },
  on: { Noted: state => void state.notes++ },
  deadlines: {
    tick: (state, { dueAt }, { instance }) => {
      const { every, times } = state.ticks;
      state.count++;
      const message = { id: instance, n: state.count, dueAt: dueAt.getTime() };
      const next = deadline('tick', { at: new Date(dueAt.getTime() + every) });
      return [send({ name: 'Tick', message }), ...(state.count < times ? [next] : [])];
    },
  },
});

/** A flow that carries out commands, and follows nothing. */
export const tickers = (eventStore: EventStore): Flow =>
  new Flow({ eventStore, aggregates: [Ticker], processors: [ticking], follow: false, logger: SILENT });
