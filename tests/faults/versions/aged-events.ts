import type { EventStore, RecordedEvent } from '../../../src';
import { Repository } from '../../../src';
import { projectionsOf } from '../../support/counting';
import { range } from '../../support/events';
import { type Figure, none, type Subject, some, told } from '../../support/figures';
import { built, Program } from '../../support/programs';
import { Random } from '../../support/random';
import { type DurablePlace, withDurable } from '../../support/stores/stores';
import { until } from '../../support/waiting';
import { type Paying, payingOf, type Total } from './paying-process';

const PROCESSES = 3;
const IDS = range(1, 200).map(String);
const TIMEOUT_MS = 20_000;

export interface AgingSizes {
  /** Commands a second, all processes together. */
  readonly rate: number;
  /** Each of the next version of the event. */
  readonly deploys: number;
}

/** Deploys code after code, each with a new version of an event, over three processes that decide and follow. */
export const agedEvents = (name: 'SQLite' | 'PostgreSQL', sizes: AgingSizes, seed: number): Promise<Figure[]> =>
  withDurable(name, async (places, folder) => {
    const script = built('paying-process', folder, __dirname);
    const done = `${sizes.deploys} rolling deploys, each with a new version of an event, ${sizes.rate} commands a second, three processes`;
    const subject: Subject = { item: 'versions', store: name, done, seed };
    const sound = await new Aging(places(), script, new Random(seed)).played(sizes);
    const careless = await new Aging(places(), script, new Random(seed)).carelessly();
    const control: Subject = { ...subject, done: 'older code parks what it does not know' };
    return [
      told(subject, 'events, and commands that older code refused', `${sound.events}, ${sound.refused}`),
      none(subject, 'acknowledged events lost', sound.lost),
      none(subject, 'decisions on a wrong state', sound.wrong),
      none(subject, 'events parked', sound.parked),
      none(subject, 'documents that differ from the events', sound.documents),
      none(subject, 'aggregates that differ from the events', sound.aggregates),
      some(control, 'events parked', careless),
    ];
  });

class Aging {
  readonly #store: EventStore;
  readonly #programs: Program[] = [];

  constructor(
    private readonly place: DurablePlace,
    private readonly script: string,
    private readonly random: Random,
  ) {
    this.#store = place.store;
  }

  async played({ rate, deploys }: AgingSizes) {
    const last = deploys + 1;
    try {
      const running = await Promise.all(
        range(1, PROCESSES).map(() => this.#start({ code: 1, rate: rate / PROCESSES })),
      );
      for (const code of range(2, last)) {
        for (const index of range(0, PROCESSES - 1)) {
          await this.random.pause(400);
          const next = await this.#start({ code, rate: rate / PROCESSES });
          running[index]!.send('SIGTERM');
          await running[index]!.finished();
          running[index] = next;
        }
        await this.random.pause(400);
      }
      for (const program of running) program.send('SIGTERM');
      await Promise.all(running.map(program => program.finished()));
      return await this.#outcome(last);
    } finally {
      await Promise.all(this.#programs.map(program => program.gone()));
    }
  }

  /** Older code meets one event of newer code. */
  async carelessly(): Promise<number> {
    try {
      await this.#start({ code: 1, rate: 0, parks: true });
      const newer = await this.#start({ code: 2, rate: 50 });
      const parked = async (): Promise<number> => this.#parked('parking');
      await until(async () => (await parked()) > 0, 'an event is parked', TIMEOUT_MS).catch(() => undefined);
      newer.send('SIGTERM');
      return await parked();
    } finally {
      await Promise.all(this.#programs.map(program => program.gone()));
    }
  }

  async #outcome(code: number) {
    const events = await everything(this.#store);
    const lines = this.#programs.flatMap(({ lines }) => lines).filter(line => line !== 'ready');
    const stored = new Set(events.map(({ id }) => id));
    const acknowledged = lines.filter(line => line !== 'refused');
    const { account, totals } = payingOf(code);
    const sums = new Map<string, { cents: number; events: number }>();
    let wrong = 0;
    for (const { aggregateId, payload, schemaVersion } of events) {
      const { amount, before } = payload as { amount: number; before: number };
      const sum = sums.get(aggregateId) ?? { cents: 0, events: 0 };
      if (Math.abs(before - sum.cents) > 1e-6) wrong++;
      sums.set(aggregateId, { cents: sum.cents + amount / schemaVersion, events: sum.events + 1 });
    }
    const documents = async (): Promise<number> => this.#differing(sums, totals.name);
    // What the last ones have left is followed by one that does not write.
    await this.#start({ code, rate: 0 });
    await until(async () => (await documents()) === 0, 'all is followed', TIMEOUT_MS).catch(() => undefined);
    const repository = new Repository<any>(account, this.#store);
    const loaded = await Promise.all(
      Array.from(sums.keys(), async id => [id, (await repository.load(id)).cents] as const),
    );
    return {
      ...{ events: events.length, refused: lines.length - acknowledged.length, wrong },
      lost: acknowledged.filter(id => !stored.has(id)).length,
      parked: await this.#parked(totals.name),
      documents: await documents(),
      aggregates: loaded.filter(([id, cents]) => Math.abs(cents - sums.get(id)!.cents) > 1e-6).length,
    };
  }

  async #differing(sums: ReadonlyMap<string, Total>, name: string): Promise<number> {
    const projections = projectionsOf(this.#store);
    const version = await projections.active(name);
    const found = await projections.get(name, version!, [...sums.keys()]);
    return [...sums].filter(([id, sum]) => {
      const document = found.get(id) as Total | undefined;
      return document?.events !== sum.events || Math.abs(document.cents - sum.cents) > 1e-6;
    }).length;
  }

  async #parked(projection: string): Promise<number> {
    const projections = projectionsOf(this.#store);
    const versions = await projections.versions(projection);
    const letters = versions.map(({ version }) => projections.deadLetters.list({ projection, version }));
    return (await Promise.all(letters)).flat().length;
  }

  async #start(paying: Omit<Paying, 'where' | 'ids'>): Promise<Program> {
    const program = new Program(this.script, { where: this.place.where, ids: IDS, ...paying } satisfies Paying);
    this.#programs.push(program);
    await until(() => program.lines.includes('ready'), 'a process has started', TIMEOUT_MS);
    return program;
  }
}

async function everything(store: EventStore): Promise<readonly RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for (;;) {
    const page = await store.readAll({ after: events.at(-1)?.position ?? 0n });
    if (page.length === 0) return events;
    events.push(...page);
  }
}
