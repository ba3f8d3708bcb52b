import { Event } from '../../../src/decorators';
import { Flow } from '../../../src/flow';
import type { RecordedEvent } from '../../../src/messages';
import { defineAggregate } from '../../../src/model';
import { deadline, defineProcess, send } from '../../../src/processing';
import type { EventStore, ProjectionStore } from '../../../src/store';
import { projectionsOf } from '../../support/counting';
import { range } from '../../support/events';
import { below, exactly, type Figure, none, type Subject, some } from '../../support/figures';
import { SILENT } from '../../support/logger';
import { overridden } from '../../support/overridden';
import { withStores } from '../../support/stores/stores';
import type { StoreName } from '../../support/stores/tested';
import { everything } from '../../support/stores/whole-stores';
import { pause, until } from '../../support/waiting';

export interface PoisonedDeadlines {
  readonly poisoned: number;
  readonly healthy: number;
  /** Over how many milliseconds the healthy ones are due, from the moment at which all poisoned ones are. */
  readonly within: number;
}

/** How long deadlines that must fire are waited for, on a machine that may be busy, */
const PATIENCE_MS = 30_000;
/** and those of the control, which do not. */
const CONTROL_PATIENCE_MS = 1500;
const AT_ONCE = 50;

const Account = defineAggregate({
  name: 'Account',
  state: {},
  commands: Object.fromEntries(
    Object.entries({ Open: 'Opened', Remind: 'Reminded' }).map(([command, name]) => [
      command,
      {
        creates: 'if-missing' as const,
        decide: (_: object, { id, ...payload }: { id: string }) => Event({ aggregateId: id, name, payload }),
      },
    ]),
  ),
});

const reminding = defineProcess({
  ...{ name: 'reminding', correlate: (event: RecordedEvent) => event.aggregateId, state: {} },
  starts: { Opened: (_, { at }: { at: number }) => deadline('reminder', { at: new Date(at) }) },
  deadlines: {
    reminder: (_, { dueAt }, { instance }) => {
      if (isPoisoned(instance)) throw new Error('poisoned');
      return send({ name: 'Remind', message: { id: instance, dueAt: dueAt.getTime() } });
    },
  },
});

const isPoisoned = (id: string): boolean => id.startsWith('poisoned');

/** What is due at one moment before the healthy deadlines: those of which the handler throws, or as many that fire. */
type Before = 'poisoned' | 'ordinary';

/** Lets deadlines come due whose handler throws, and looks at how late others are behind them. */
export async function poisonedDeadlines(name: StoreName, sizes: PoisonedDeadlines, seed: number): Promise<Figure[]> {
  const { poisoned, healthy } = sizes;
  const subject: Subject = {
    ...{ item: '17', store: name, seed, done: `${poisoned} poisoned deadlines that are due, ${healthy} healthy ones` },
  };
  const play = (before: Before): Promise<Outcome> =>
    withStores(name, 1, ([store]) => new Reminders(store!, before, PATIENCE_MS).played(sizes));
  const usual = await play('ordinary');
  const behind = await play('poisoned');
  const careless = await withStores(name, 1, ([store]) =>
    new Reminders(withoutExclusion(store!), 'poisoned', CONTROL_PATIENCE_MS).played({ ...sizes, poisoned: 150 }),
  );
  const control = { ...subject, done: 'deadlines that fail stay among those that are due' };
  const twice = Math.max(2 * usual.p99, 20);
  return [
    none(subject, 'healthy deadlines that did not fire', behind.missing),
    exactly(subject, 'instances that were parked', behind.parked, poisoned),
    below(
      subject,
      'p99 of the delay of healthy deadlines, of twice that behind as many others',
      behind.p99,
      twice,
      'ms',
    ),
    some(control, 'healthy deadlines that did not fire', careless.missing),
  ];
}

interface Outcome {
  readonly missing: number;
  readonly parked: number;
  readonly p99: number;
}

class Reminders {
  constructor(
    private readonly store: EventStore,
    private readonly before: Before,
    /** How long deadlines are waited for after the last one is due, in milliseconds. */
    private readonly patience: number,
  ) {}

  async played({ poisoned, healthy, within }: PoisonedDeadlines): Promise<Outcome> {
    const flow = new Flow({
      ...{ eventStore: this.store, aggregates: [Account], processors: [reminding], logger: SILENT },
    });
    try {
      await flow.processors.ready();
      const start = Date.now() + 300 + 3 * (poisoned + healthy);
      const opened = [
        ...range(1, poisoned).map(n => ({ id: `${this.before}-${n}`, at: start })),
        ...range(1, healthy).map(n => ({ id: `healthy-${n}`, at: start + 1 + Math.floor((n * within) / healthy) })),
      ];
      for (let at = 0; at < opened.length; at += AT_ONCE)
        await Promise.all(opened.slice(at, at + AT_ONCE).map(message => flow.dispatch({ name: 'Open', message })));
      await pause(start + within - Date.now());
      const all = async (): Promise<boolean> => (await this.#delays()).length === healthy;
      await until(all, 'all have fired', this.patience).catch(() => undefined);
      const delays = (await this.#delays()).sort((one, other) => one - other);
      const { items } = await flow.processManagers.of(reminding).find({ status: 'parked', limit: 1000 });
      const p99 = delays[Math.floor(delays.length * 0.99)] ?? 0;
      return { missing: healthy - delays.length, parked: items.length, p99 };
    } finally {
      await flow.close();
    }
  }

  /** From when each was due until its effect was recorded, in milliseconds. */
  async #delays(): Promise<number[]> {
    const events = await everything(this.store);
    return events.flatMap(({ aggregateId, name, payload, recordedAt }) =>
      name === 'Reminded' && aggregateId.startsWith('healthy')
        ? [Date.parse(recordedAt) - (payload as { dueAt: number }).dueAt]
        : [],
    );
  }
}

/** A store in which deadlines that were poisoned stay where they are, and come first in each look. */
function withoutExclusion(store: EventStore): EventStore {
  const projections = projectionsOf(store);
  const commit: ProjectionStore['commit'] = ({ process, ...change }) => {
    if (!process) return projections.commit(change);
    const { clear = [], hold: _, ...others } = process;
    const kept = clear.filter(({ instance }) => !isPoisoned(instance));
    return projections.commit({ ...change, process: { ...others, clear: kept } });
  };
  return overridden(store, { projections: overridden(projections, { commit }) });
}
