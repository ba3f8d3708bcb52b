import { ambiguousCommits } from './ambiguous-commits';
import { backlog } from './backlog';
import { cutFollowers } from './cut-followers';
import { deployed } from './deployed';
import type { Figure } from './figures';
import { followedInPostgres, followedInSqlite } from './followed-gaps';
import { frozen } from './frozen';
import { gaps } from './gaps';
import { hostileInput } from './hostile-input';
import { interleavings } from './interleavings';
import { killedPostgres, killedSqlite } from './killed';
import { killedCommands } from './killed-commands';
import { killedFollowers } from './killed-followers';
import { longStreams } from './long-streams';
import { models } from './models';
import { poisoned } from './poisoned';
import { anyVersion, racers } from './racers';
import { newSeed } from './random';
import { rebuilt } from './rebuilt';
import { repeatedCommands } from './repeated-commands';
import { retriedListeners } from './retried-listeners';
import { sharedAggregates } from './shared-aggregates';

const POISON = { rate: 300, aggregates: 100, poisoned: 5, duration: 30_000 };
const COMMAND_KILLS = { kills: 20, atOnce: 5 };
const DEPLOYS = { rate: 200, history: 2000, deploys: 20 };
const REBUILDS = { rate: 500, history: 20_000, rebuilds: 20 };

/** The long form of each rig, as `run.ts` knows it by name. */
const LONG_FORMS: ReadonlyMap<string, (seed: number) => Promise<Figure[]>> = new Map([
  ['models', seed => models({ memory: 10_000, sqlite: 500, postgres: 500 }, seed)],
  ['interleavings', seed => interleavings({ schedules: 10_000 }, seed)],
  ['gaps', seed => gaps({ writers: 32, duration: 10_000, stuck: 3000 }, seed)],
  ['followed-gaps-sqlite', seed => followedInSqlite({ writers: 32, duration: 10_000 }, seed)],
  ['followed-gaps-postgres', seed => followedInPostgres({ writers: 32, duration: 10_000, stuck: 3000 }, seed)],
  ['racers', seed => racers({ racers: 16, rounds: 200 }, seed)],
  ['any-version', seed => anyVersion({ writers: 32, streams: 10, each: 50 }, seed)],
  ['repeated-commands', seed => repeatedCommands({ racers: 16, rounds: 200 }, seed)],
  ['killed-commands-sqlite', seed => killedCommands('SQLite', COMMAND_KILLS, seed)],
  ['killed-commands-postgres', seed => killedCommands('PostgreSQL', COMMAND_KILLS, seed)],
  ['retried-listeners', seed => retriedListeners({ memory: 10_000, SQLite: 500, PostgreSQL: 500 }, seed)],
  ['shared-aggregates', seed => sharedAggregates({ commands: 40, rounds: 20, pairs: 100 }, seed)],
  ['killed-sqlite', seed => killedSqlite({ cycles: 100, writers: 32 }, seed)],
  ['killed-postgres', seed => killedPostgres({ cycles: 200, writers: 32, stopEvery: 10 }, seed)],
  ['killed-followers-sqlite', seed => killedFollowers('SQLite', { cycles: 100 }, seed)],
  ['killed-followers-postgres', seed => killedFollowers('PostgreSQL', { cycles: 200 }, seed)],
  ['ambiguous-commits', seed => ambiguousCommits({ cuts: 200, terminated: 400 }, seed)],
  ['cut-followers', seed => cutFollowers({ cuts: 200, terminated: 400 }, seed)],
  ['frozen-sqlite', seed => frozen('SQLite', { inHandlers: 30, anywhere: 30 }, seed)],
  ['frozen-postgres', seed => frozen('PostgreSQL', { inHandlers: 30, anywhere: 30 }, seed)],
  ['poisoned-sqlite', seed => poisoned('SQLite', POISON, seed)],
  ['poisoned-postgres', seed => poisoned('PostgreSQL', POISON, seed)],
  ['rebuilt-sqlite', seed => rebuilt('SQLite', REBUILDS, seed)],
  ['rebuilt-postgres', seed => rebuilt('PostgreSQL', REBUILDS, seed)],
  ['deployed-sqlite', seed => deployed('SQLite', DEPLOYS, seed)],
  ['deployed-postgres', seed => deployed('PostgreSQL', DEPLOYS, seed)],
  ['hostile-input', seed => hostileInput({ payloads: 10_000, identifiers: 1000 }, seed)],
  ['long-streams', seed => longStreams({ short: 10_000, long: 1_000_000, text: 50, heap: 128 }, seed)],
  ['backlog-sqlite', seed => backlog('SQLite', { events: 1_000_000, text: 50, duration: 20_000 }, seed)],
  ['backlog-postgres', seed => backlog('PostgreSQL', { events: 1_000_000, text: 50, duration: 20_000 }, seed)],
]);

/** Runs one rig and sends its figures to the parent process. */
async function main([name]: string[]): Promise<void> {
  const seed = newSeed();
  console.log(`${name}: seed ${seed}`);
  const figures = await LONG_FORMS.get(name!)!(seed);
  process.send!(figures, () => process.exit(0));
}

main(process.argv.slice(2)).catch(error => {
  console.error(error);
  process.exit(1);
});
