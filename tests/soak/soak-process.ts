import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../support/random';
import { assignment, openAt, type Where } from '../support/stores/where';
import { type Bank, openBank } from './bank';

/** What one process of the soak is to do. */
export interface Soaking {
  readonly where: Where;
  readonly poison: string;
  readonly accounts: readonly string[];
  /** Begins the ids of its commands. */
  readonly name: string;
  readonly seed: number;
  readonly clients: number;
  /** How long a client waits between two things that it does, at most, in milliseconds. */
  readonly pause: number;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/**
 * A program that is one process of the bank, with clients that do something all the time, until it is told to end. It
 * prints `ready`; `transfer <id>` and `note <id>` for what was acknowledged; `stale` where a document was older than
 * the same client had seen it before; `error <what> <code>`; `rss <MB>` each second; and `closed` at the end.
 */
class Clients {
  #over = false;
  #count = 0;

  constructor(
    private readonly bank: Bank,
    private readonly soaking: Soaking,
    private readonly random: Random,
  ) {}

  async run(): Promise<void> {
    await Promise.all(Array.from({ length: this.soaking.clients }, () => this.#client()));
  }

  end(): void {
    this.#over = true;
  }

  async #client(): Promise<void> {
    const seen = new Map<string, number>();
    while (!this.#over) {
      const choice = this.random.next();
      if (choice < 0.5) await this.#transfer();
      else if (choice < 0.75) await this.#note();
      else await this.#read(seen);
      await this.random.pause(this.soaking.pause);
    }
  }

  /** Repeats a command with its id until it is answered: then it was carried out once. */
  async #transfer(): Promise<void> {
    const [from, to] = [this.#account(), this.#account()];
    if (from === to) return;
    const id = this.#next();
    const command = { name: 'Transfer', message: { id, from, to, amount: 1 + this.random.below(9) } };
    while (!this.#over) {
      try {
        await this.bank.flow.dispatch(command, { commandId: id });
        return say(`transfer ${id}`);
      } catch (error) {
        tell('transfer', error);
        await sleep(50);
      }
    }
  }

  async #note(): Promise<void> {
    const note = this.#next();
    try {
      await this.bank.flow.dispatch({ name: 'Note', message: { id: this.#account(), note } });
      say(`note ${note}`);
    } catch (error) {
      tell('note', error);
    }
  }

  async #read(seen: Map<string, number>): Promise<void> {
    const id = this.#account();
    try {
      const version = (await this.bank.balances.get(id))?.version ?? 0;
      if (version < (seen.get(id) ?? 0)) say('stale');
      seen.set(id, Math.max(version, seen.get(id) ?? 0));
    } catch (error) {
      tell('read', error);
    }
  }

  #account(): string {
    const { accounts } = this.soaking;
    return accounts[this.random.below(accounts.length)]!;
  }

  #next(): string {
    return `${this.soaking.name}-${++this.#count}`;
  }
}

const tell = (what: string, error: unknown): void =>
  say(`error ${what} ${(error as { code?: string }).code ?? String(error).split('\n')[0]}`);

async function main(soaking: Soaking): Promise<void> {
  const bank = openBank(openAt(soaking.where), soaking);
  const clients = new Clients(bank, soaking, new Random(soaking.seed));
  const telling = setInterval(() => say(`rss ${Math.round(process.memoryUsage.rss() / 2 ** 20)}`), 1000);
  const ended = new Promise<void>(resolve => {
    process.once('SIGTERM', () => {
      clients.end();
      resolve();
    });
  });
  say('ready');
  await Promise.all([clients.run(), ended]);
  clearInterval(telling);
  await bank.flow.close();
  say('closed');
}

main(assignment<Soaking>()).catch(error => {
  console.error(error);
  process.exitCode = 1;
});
