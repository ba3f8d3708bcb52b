import { rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Flow } from '../../src/flow';
import { jsonOf } from '../../src/messages';
import type { ReadModelVersion } from '../../src/store';
import type { Random } from '../support/random';
import { until, within } from '../support/waiting';
import type { BankProcesses } from './processes';

const LONGEST_FREEZE = 3000;
/** How long a rebuild may take among all that, and what was parked until it is tried again. */
const TIMEOUT_MS = 120_000;
const KINDS = ['kill', 'kill', 'freeze', 'freeze', 'cut', 'cut', 'cut', 'poison', 'rebuild', 'rebuild'] as const;

type Kind = (typeof KINDS)[number];

/** What the disturbances are made of. */
export interface Scene {
  readonly processes: BankProcesses;
  /** Looks on, and does not follow. */
  readonly flow: Flow;
  readonly accounts: readonly string[];
  readonly poison: string;
  /** The versions of a read model, as the store knows them. */
  readonly versions: (name: string) => Promise<readonly ReadModelVersion[]>;
  /** What the store knows of a read model, for a report: its versions, where their segments stand, and the last event. */
  readonly found: (name: string) => Promise<object>;
  /** Takes from the processes what they work with: ends their backends, or locks their file. Returns how many. */
  readonly cut: () => Promise<number>;
}

/** Disturbs the processes, in a way and at a moment that a seed chooses. */
export class Disturbances {
  readonly counts = new Map<Kind, number>();
  /** Why rebuilds, and what parks and is tried again, did not come to their end. */
  readonly failures: string[] = [];
  #rebuilding: Promise<void> | undefined;

  constructor(
    private readonly scene: Scene,
    private readonly random: Random,
  ) {}

  /** Goes on until it is over, and returns when all is as it was. */
  async until(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const kind = KINDS[this.random.below(KINDS.length)]!;
      this.#count(kind, await this.#disturb(kind));
      await this.random.pause(1000);
    }
    await this.#rebuilding;
  }

  async #disturb(kind: Kind): Promise<number> {
    const { processes, cut } = this.scene;
    if (kind === 'kill') await processes.kill();
    else if (kind === 'freeze') await processes.freeze(LONGEST_FREEZE);
    else if (kind === 'cut') return cut();
    else if (kind === 'poison') await this.#poison();
    else return this.#rebuild();
    return 1;
  }

  /** Poisons some accounts for a while; when they are cured, what was parked is tried again. */
  async #poison(): Promise<void> {
    const { accounts, poison, flow } = this.scene;
    writeFileSync(poison, JSON.stringify([1, 2, 3].map(() => accounts[this.random.below(accounts.length)])));
    await this.random.pause(2000);
    rmSync(poison);
    await sleep(100);
    for (const name of ['balances', 'fees']) {
      const isCured = async (): Promise<boolean> => {
        if ((await this.#parked(name)) === 0) return true;
        await flow.processors.of(name).retry();
        return false;
      };
      await this.#noting(`${name} is cured`, until(isCured, 'nothing is parked any more', TIMEOUT_MS));
    }
  }

  /** The number of letters, of the version that is read and of one that is being built: that it waits for, too. */
  async #parked(name: string): Promise<number> {
    const { flow, versions } = this.scene;
    const open = (await versions(name)).filter(({ closed }) => !closed);
    const letters = open.map(({ version }) => flow.processors.of(name).deadLetters({ version }));
    return (await Promise.all(letters)).flat().length;
  }

  /** Begins to rebuild while the rest goes on, one rebuild at a time. Returns how many. */
  #rebuild(): number {
    if (this.#rebuilding) return 0;
    const name = this.random.chance(0.5) ? 'balances' : 'totals';
    const rebuild = async (): Promise<unknown> => (await this.scene.flow.processors.of(name).rebuild()).done;
    const rebuilt = within(TIMEOUT_MS, 'it is rebuilt', rebuild()).catch(async error => {
      const found = { ...(await this.scene.found(name)), parked: await this.#parked(name) };
      throw new Error(`${error} (${JSON.stringify(jsonOf(found))})`);
    });
    this.#rebuilding = this.#noting(`rebuild of ${name}`, rebuilt).finally(() => {
      this.#rebuilding = undefined;
    });
    return 1;
  }

  async #noting(what: string, work: Promise<unknown>): Promise<void> {
    await work.catch(error => this.failures.push(`${what}: ${(error as { code?: string }).code ?? ''} ${error}`));
  }

  #count(kind: Kind, times: number): void {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + times);
  }
}
