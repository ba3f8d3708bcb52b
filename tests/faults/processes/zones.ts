import { Cron } from 'croner';
import { Flow } from '../../../src/flow';
import { InMemoryEventStore } from '../../../src/store';
import { VirtualClock } from '../../../src/testing';
import { exactly, type Figure, none, type Subject, some } from '../../support/figures';
import { SILENT } from '../../support/logger';
import { Random } from '../../support/random';

const DAY_MS = 86_400_000;
/** Every day at half past two, where many clocks are set. */
const CRON = '30 2 * * *';
/** Clocks that are set in both halves of the year, by half an hour, at midnight, not at all, and once for good. */
const ZONES = [
  ...['UTC', 'Europe/Vienna', 'Europe/London', 'America/New_York', 'America/St_Johns', 'America/Santiago'],
  ...['Asia/Kolkata', 'Asia/Beirut', 'Africa/Casablanca', 'Australia/Lord_Howe', 'Pacific/Chatham', 'Pacific/Auckland'],
];

export interface Zones {
  readonly from: string;
  readonly days: number;
  readonly restarts: number;
}

/** An occurrence of the command of a zone. */
interface Occurrence {
  readonly zone: string;
  /** Milliseconds since 1970. */
  readonly dueAt: number;
  /** When it was carried out. */
  readonly at: number;
}

/** Lets commands recur in twelve time zones, while the process is restarted, and compares with croner alone. */
export async function zones({ from, days, restarts }: Zones, seed: number): Promise<Figure[]> {
  const start = Date.parse(from);
  const end = start + days * DAY_MS;
  const wanted = ZONES.flatMap(zone => occurrencesOf(zone, start, end));
  const subject: Subject = {
    ...{ item: '17', store: 'memory', seed },
    done: `a command each day in ${ZONES.length} time zones, ${days} days from ${from}, ${restarts} restarts`,
  };
  const found = await played(wanted, { start, end, restarts }, new Random(seed));
  const keys = (some: readonly Occurrence[]): Set<string> => new Set(some.map(({ zone, dueAt }) => `${zone} ${dueAt}`));
  const [known, expected] = [keys(found), keys(wanted)];
  const naive = ZONES.flatMap(zone => everyDay(occurrencesOf(zone, start, end)[0]!, end));
  const control = { ...subject, done: 'the first occurrence, and 24 hours more each day' };
  return [
    exactly(subject, 'occurrences', known.size, wanted.length),
    none(subject, 'occurrences at other times than those of croner', missingIn(expected, known)),
    none(subject, 'occurrences twice', found.length - known.size),
    none(subject, 'occurrences carried out early or late', found.filter(({ dueAt, at }) => dueAt !== at).length),
    some(control, 'occurrences at other times than those of croner', missingIn(expected, keys(naive))),
  ];
}

const missingIn = (expected: ReadonlySet<string>, known: ReadonlySet<string>): number =>
  [...known].filter(key => !expected.has(key)).length;

/** Returns what croner says, from one occurrence to the next. */
function occurrencesOf(zone: string, start: number, end: number): Occurrence[] {
  const cron = new Cron(CRON, { timezone: zone });
  const found: Occurrence[] = [];
  let next = cron.nextRun(new Date(start));
  for (; next && next.getTime() <= end; next = cron.nextRun(next))
    found.push({ zone, dueAt: next.getTime(), at: next.getTime() });
  return found;
}

function everyDay(first: Occurrence, end: number): Occurrence[] {
  const count = Math.floor((end - first.dueAt) / DAY_MS) + 1;
  return Array.from({ length: count }, (_, day) => ({ ...first, dueAt: first.dueAt + day * DAY_MS }));
}

async function played(
  wanted: readonly Occurrence[],
  { start, end, restarts }: { readonly start: number; readonly end: number; readonly restarts: number },
  random: Random,
): Promise<Occurrence[]> {
  const clock = new VirtualClock(start);
  const eventStore = new InMemoryEventStore({ clock });
  const found: Occurrence[] = [];
  const begin = async (): Promise<Flow> => {
    const Note = ({ zone, dueAt }: { zone: string; dueAt: number }): void =>
      void found.push({ zone, dueAt, at: clock.now() });
    const flow = new Flow({ eventStore, clock, commandHandlers: { Note }, scheduling: true, logger: SILENT });
    for (const zone of ZONES)
      flow.recurring(zone, CRON, ({ dueAt }) => ({ name: 'Note', message: { zone, dueAt: dueAt.getTime() } }), {
        timeZone: zone,
      });
    await flow.processors.ready();
    // The first occurrences are stored.
    await flow.processors.settled();
    return flow;
  };
  let flow = await begin();
  const moments = [...new Set(wanted.map(({ dueAt }) => dueAt)), end].sort((one, other) => one - other);
  for (const moment of moments) {
    clock.setTo(moment);
    await flow.processors.settled();
    if (!random.chance(restarts / moments.length)) continue;
    await flow.processors.close();
    flow = await begin();
  }
  await flow.close();
  return found;
}
