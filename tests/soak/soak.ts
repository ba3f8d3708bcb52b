import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStore } from '../../src/store';
import { lent } from '../support/beside';
import { projectionsOf } from '../support/counting';
import { range } from '../support/events';
import { type Figure, none, type Subject, told } from '../support/figures';
import { built } from '../support/programs';
import { Random } from '../support/random';
import { EVENT_PROCESSORS, openBank, SEGMENTS } from './bank';
import { Disturbances } from './disturbances';
import { Ledger } from './ledger';
import { growthOf, MAX_GROWTH } from './memory';
import { type SoakPlace, withPlace } from './places';
import { BankProcesses, type Said } from './processes';

const ACCOUNTS = range(1, 40).map(n => `account ${n}`);
const CLIENTS = 4;
/** So long everything may take to come to rest, in milliseconds. */
const SETTLE = 180_000;
/**
 * One for each segment of what follows, one for the inline projection, and as many again for what is being replaced.
 */
const MAX_ROWS = 2 * (EVENT_PROCESSORS.length * (SEGMENTS + 1) + 1);

export interface SoakSizes {
  /** For how long, in milliseconds. */
  readonly duration: number;
  /** How long a client waits between two things that it does, at most, in milliseconds. */
  readonly pause: number;
}

/**
 * Lets three processes of a bank work and follow, disturbs them by a seed, and looks in the end whether anything that
 * was acknowledged is lost, anything is there twice, and memory and tables have stayed as they were.
 */
export const soak = (name: 'SQLite' | 'PostgreSQL', sizes: SoakSizes, seed: number): Promise<Figure[]> =>
  withPlace(name, async place => {
    const random = new Random(seed);
    const poison = join(place.folder, 'poison.json');
    const { flow } = openBank(place.store, { poison, follow: false });
    for (const id of ACCOUNTS) await flow.dispatch({ name: 'Open', message: { id } });
    const soaking = { where: place.where, poison, accounts: ACCOUNTS, clients: CLIENTS, pause: sizes.pause };
    const processes = new BankProcesses(built('soak-process', place.folder, __dirname), soaking, random);
    const disturbances = new Disturbances(
      {
        ...{ processes, flow, accounts: ACCOUNTS, poison, cut: () => place.cut(random) },
        versions: of => projectionsOf(place.store).versions(of),
        found: of => found(place.store, of),
      },
      random,
    );
    const said = await lent(
      async () => {
        await processes.ready();
        const end = performance.now() + sizes.duration;
        await disturbances.until(() => performance.now() > end);
        return processes.ended();
      },
      () => processes.gone(),
    );
    await flow.processors.close();
    await settle(place, poison);
    const done = `three processes, ${Math.round(sizes.duration / 1000)} s: ${shown(disturbances.counts)}`;
    return figures({ item: 'soak', store: name, done, seed }, place, said, disturbances.failures);
  });

async function found(store: EventStore, name: string): Promise<object> {
  const versions = await projectionsOf(store).versions(name);
  const segments = await Promise.all(
    versions.map(({ version }) => projectionsOf(store).leases.segments(name, version)),
  );
  let last = 0n;
  for (let page = await store.readAll(); page.length > 0; page = await store.readAll({ after: last }))
    last = page.at(-1)!.position;
  return { last, versions: versions.map((version, index) => ({ ...version, segments: segments[index] })) };
}

const shown = (counts: ReadonlyMap<string, number>): string =>
  Array.from(counts, ([kind, times]) => `${times} ${kind}`).join(', ');

/** Follows what the processes have left when they ended. */
async function settle(place: SoakPlace, poison: string): Promise<void> {
  const { flow } = openBank(place.store, { poison });
  try {
    await flow.processors.ready();
    for (const name of EVENT_PROCESSORS) await flow.processors.of(name).retry();
    await flow.processors.settled({ timeout: SETTLE });
    // Fees are events, too, and what is parked is tried again beside.
    await sleep(500);
    await flow.processors.settled({ timeout: SETTLE });
  } finally {
    await flow.processors.close();
  }
}

async function figures(subject: Subject, place: SoakPlace, said: Said, failures: readonly string[]): Promise<Figure[]> {
  const { store } = place;
  const ledger = await Ledger.of(store);
  const versions = await Promise.all(['balances', 'totals'].map(name => projectionsOf(store).versions(name)));
  const letters = await Promise.all(EVENT_PROCESSORS.map(name => lettersOf(store, name)));
  const rows = await place.rows();
  const growth = growthOf(said.memory);
  return [
    told(
      subject,
      'events stored, transfers, acknowledged',
      `${ledger.events}, ${ledger.transfers}, ${said.transfers.size + said.notes.size}`,
    ),
    none(subject, 'of what was acknowledged lost', ledger.lost(said)),
    none(subject, 'transfers or notes twice', ledger.doubled),
    none(subject, 'transfers of which one half is there', ledger.torn),
    none(subject, 'money made or lost', ledger.created),
    none(subject, 'transfers without their fee', ledger.feesMissing),
    none(subject, 'fees twice', ledger.feesTwice),
    none(subject, 'documents that differ from their events', await ledger.different(store, 'balances')),
    none(
      subject,
      'documents of the inline projection that differ from their events',
      await ledger.different(store, 'totals'),
    ),
    none(subject, 'reads that found something older than a read before', said.stale),
    none(subject, 'letters left', letters.flat().length),
    none(subject, 'versions left beside the one that is read', versions.flat().length - versions.length),
    none(
      subject,
      `rows of checkpoints and leases above ${MAX_ROWS}`,
      Math.max(0, rows.checkpoints + rows.leases - MAX_ROWS),
    ),
    none(
      subject,
      `rebuilds, and cures, that did not come to their end${failures.map(each => `; ${each}`).join('')}`,
      failures.length,
    ),
    none(
      subject,
      `MB a minute by which the process that is never killed grows above ${MAX_GROWTH}`,
      Math.max(0, Math.ceil(growth - MAX_GROWTH)),
    ),
    told(subject, 'memory of it: at first, at most, growth after warming up', memory(said.memory, growth)),
    told(
      subject,
      'rows of checkpoints, leases, commands, documents',
      `${rows.checkpoints}, ${rows.leases}, ${rows.commands}, ${rows.documents}`,
    ),
    told(subject, 'errors that callers met', shown(said.errors) || 'none'),
  ];
}

async function lettersOf(store: EventStore, projection: string): Promise<readonly unknown[]> {
  const version = (await projectionsOf(store).active(projection)) ?? 1;
  return projectionsOf(store).deadLetters.list({ projection, version }, { limit: 1000 });
}

const memory = (samples: readonly number[], growth: number): string =>
  `${samples[0]} MB, ${Math.max(...samples)} MB, ${growth.toFixed(2)} MB a minute`;
