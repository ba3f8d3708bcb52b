import { Event } from '../../../src/decorators';
import { Flow } from '../../../src/flow';
import type { RecordedEvent } from '../../../src/messages';
import { defineAggregate } from '../../../src/model';
import { deadline, defineProcess, end, send } from '../../../src/processing';
import type { EventStore } from '../../../src/store';
import type { VirtualClock } from '../../../src/testing';
import { SILENT } from '../../support/logger';

export const HOUR = 3_600_000;

/** What happens to an order. */
export type Happening = 'place' | 'cancel' | 'note' | 'postpone';

const Order = defineAggregate({
  name: 'Order',
  state: {},
  commands: Object.fromEntries(
    ['place', 'cancel', 'note', 'postpone', 'give-up'].map(name => [
      name,
      {
        creates: 'if-missing' as const,
        decide: (_: object, { id, ...payload }: { id: string }) => Event({ aggregateId: id, name, payload }),
      },
    ]),
  ),
});

/** Waits three hours for an order, or five hours more when that is postponed, and gives up. */
const waiting = defineProcess({
  ...{ name: 'waiting', segments: 2, startTwice: 'ignore', correlate: (event: RecordedEvent) => event.aggregateId },
  state: { steps: [] as string[] },
  starts: {
    place: state => {
      state.steps.push('placed');
      return deadline('patience', { in: '3h' });
    },
  },
  on: {
    note: state => void state.steps.push('noted'),
    postpone: state => {
      state.steps.push('postponed');
      return deadline('patience', { in: '5h' });
    },
  },
  deadlines: {
    patience: (state, _, { instance, run }) => {
      state.steps.push('late');
      return [send({ name: 'give-up', message: { id: instance, run } }), end()];
    },
  },
  ends: ['cancel'],
});

/** What can be seen of an order and its process. */
export interface Seen {
  readonly status: 'running' | 'ended' | undefined;
  readonly run: number;
  readonly steps: readonly string[];
  /** The runs in which it was given up. */
  readonly givenUp: readonly number[];
}

/** The process on a store. */
export class Waiting {
  #flow: Flow;

  constructor(
    private readonly eventStore: EventStore,
    readonly clock: VirtualClock,
  ) {
    this.#flow = this.#begin();
  }

  ready(): Promise<unknown> {
    return this.#flow.processors.ready();
  }

  async happens(name: Happening, id: string): Promise<void> {
    await this.#flow.dispatch({ name, message: { id } });
  }

  settled(): Promise<void> {
    return this.#flow.processors.settled({ timeout: 20_000 });
  }

  /** Goes on in another process. */
  async restart(): Promise<void> {
    await this.#flow.processors.close();
    this.#flow = this.#begin();
    await this.settled();
  }

  async seen(id: string): Promise<Seen> {
    const found = await this.#flow.processManagers.of(waiting).get(id);
    const events = await this.eventStore.read({ aggregateName: 'Order', aggregateId: id });
    const givenUp = events.flatMap(({ name, payload }) =>
      name === 'give-up' ? [(payload as { run: number }).run] : [],
    );
    const status = found?.status as Seen['status'];
    return { status, run: found?.run ?? 0, steps: found?.state.steps ?? [], givenUp };
  }

  end(): Promise<void> {
    return this.#flow.close();
  }

  #begin(): Flow {
    const { eventStore, clock } = this;
    return new Flow({ eventStore, clock, aggregates: [Order], processors: [waiting], logger: SILENT });
  }
}

/** An instance as one would explain it. */
export class WaitingModel {
  #status: Seen['status'];
  #run = 0;
  #steps: string[] = [];
  #dueAt = 0;
  readonly #givenUp: number[] = [];

  place(now: number): void {
    if (this.#status === 'running') return;
    this.#status = 'running';
    this.#run++;
    this.#steps = ['placed'];
    this.#dueAt = now + 3 * HOUR;
  }

  note(): void {
    if (this.#status === 'running') this.#steps.push('noted');
  }

  postpone(now: number): void {
    if (this.#status !== 'running') return;
    this.#steps.push('postponed');
    this.#dueAt = now + 5 * HOUR;
  }

  cancel(): void {
    if (this.#status === 'running') this.#status = 'ended';
  }

  passes(now: number): void {
    if (this.#status !== 'running' || now < this.#dueAt) return;
    this.#steps.push('late');
    this.#givenUp.push(this.#run);
    this.#status = 'ended';
  }

  seen(): Seen {
    return { status: this.#status, run: this.#run, steps: this.#steps, givenUp: this.#givenUp };
  }
}
