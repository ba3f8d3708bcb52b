import { Event } from '../../../src/decorators';
import { Flow } from '../../../src/flow';
import type { RecordedEvent } from '../../../src/messages';
import { defineAggregate } from '../../../src/model';
import { deadline, defineProcess, send } from '../../../src/processing';
import type { EventStore, ProjectionStore } from '../../../src/store';
import { projectionsOf } from '../../support/counting';
import { type Figure, none, type Subject, some, told } from '../../support/figures';
import { SILENT } from '../../support/logger';
import { overridden } from '../../support/overridden';
import { Random } from '../../support/random';
import { withStores } from '../../support/stores/stores';
import type { StoreName } from '../../support/stores/tested';
import { everything } from '../../support/stores/whole-stores';

const ID = 'session';
/** How often the control is played at most. */
const TRIES = 10;
/** How long a deadline takes at most, and a run, in milliseconds. */
const MAX_DEADLINE_MS = 60;
const MAX_RUN_MS = 40;

const Session = defineAggregate({
  name: 'Session',
  state: {},
  commands: Object.fromEntries(
    Object.entries({ Open: 'Opened', Close: 'Closed', Expire: 'Expired' }).map(([command, name]) => [
      command,
      {
        creates: 'if-missing' as const,
        decide: (_: object, { id, ...payload }: { id: string }) => Event({ aggregateId: id, name, payload }),
      },
    ]),
  ),
});

/** Every other run has one deadline, which knows of which run it is. */
const expiring = defineProcess({
  ...{ name: 'expiring', correlate: (event: RecordedEvent) => event.aggregateId, state: {} },
  starts: {
    Opened: (_, { wait }: { wait: number }, { run }) =>
      run % 2 === 1 ? deadline('expiry', { in: wait }, { run }) : undefined,
  },
  deadlines: {
    expiry: (_, { content }, { instance, run }) =>
      send({ name: 'Expire', message: { id: instance, set: content.run, fired: run } }),
  },
  ends: ['Closed'],
});

/** Ends an instance and starts it again, while its deadlines come due at about the same time. */
export async function restartedInstances(
  name: StoreName,
  { restarts }: { readonly restarts: number },
  seed: number,
): Promise<Figure[]> {
  const subject: Subject = {
    ...{ item: '17', store: name, seed, done: `an instance ended and started again ${restarts} times` },
  };
  const play = (isCareless: boolean, own = seed): Promise<Outcome> =>
    withStores(name, 1, ([store]) => played(isCareless ? withoutRuns(store!) : store!, restarts, new Random(own)));
  const { others, twice, fired } = await play(false);
  const control = { ...subject, done: 'deadlines stay after the end, and are of the run that is there' };
  // It is a matter of chance: few come due just then.
  let careless = 0;
  for (let time = 0; careless === 0 && time < TRIES; time++) careless = (await play(true, seed + time)).others;
  return [
    none(subject, 'deadlines that fired in another run', others),
    none(subject, 'deadlines that fired twice', twice),
    told(subject, 'deadlines that fired, dropped', `${fired}, ${Math.ceil(restarts / 2) - fired}`),
    some(control, 'deadlines that fired in another run', careless),
  ];
}

interface Outcome {
  readonly others: number;
  readonly twice: number;
  readonly fired: number;
}

async function played(eventStore: EventStore, restarts: number, random: Random): Promise<Outcome> {
  const flow = new Flow({ eventStore, aggregates: [Session], processors: [expiring], logger: SILENT });
  try {
    await flow.processors.ready();
    for (let run = 1; run <= restarts; run++) {
      await flow.dispatch({ name: 'Open', message: { id: ID, wait: random.below(MAX_DEADLINE_MS) } });
      await random.pause(MAX_RUN_MS);
      await flow.dispatch({ name: 'Close', message: { id: ID } });
    }
    await flow.processors.settled({ timeout: 20_000 });
    const events = await everything(eventStore);
    const runs = events.flatMap(({ name, payload }) =>
      name === 'Expired' ? [payload as { set: number; fired: number }] : [],
    );
    const others = runs.filter(({ set, fired }) => set !== fired).length;
    return { others, twice: runs.length - new Set(runs.map(({ set }) => set)).size, fired: runs.length };
  } finally {
    await flow.close();
  }
}

interface Document {
  readonly run: number;
  readonly deadlines: Record<string, string>;
}

/** A store that knows deadlines by instance and key only: those of an earlier run are taken for those of this one. */
function withoutRuns(store: EventStore): EventStore {
  const projections = projectionsOf(store);
  const processes = projections.processes!;
  let run = 0;
  let pending: Record<string, string> = {};
  const get: ProjectionStore['get'] = async (...wanted) => {
    const found = await projections.get(...wanted);
    return new Map(
      Array.from(found, ([id, document]) => {
        const instance = document as unknown as Document;
        return [id, { ...document, deadlines: { ...pending, ...instance.deadlines } }];
      }),
    );
  };
  const commit: ProjectionStore['commit'] = change => {
    const { ends: _, ...kept } = change.process ?? {};
    for (const { document } of change.writes) run = Math.max(run, (document as Document | undefined)?.run ?? 0);
    for (const { key, id } of kept.deadlines ?? []) pending = { ...pending, [key]: id };
    return projections.commit(change.process ? { ...change, process: kept } : change);
  };
  const due: typeof processes.due = async (...asked) => {
    const found = await processes.due(...asked);
    return { ...found, deadlines: found.deadlines.map(each => ({ ...each, run })) };
  };
  const own = overridden(projections, { get, commit, processes: overridden(processes, { due }) });
  return overridden(store, { projections: own });
}
