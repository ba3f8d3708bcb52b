import type { Figure } from '../support/figures';
import { newSeed } from '../support/random';
import { ambiguousCommits } from './appends/ambiguous-commits';
import { gaps } from './appends/gaps';
import { killedPostgres, killedSqlite } from './appends/killed';
import { longStreams } from './appends/long-streams';
import { models } from './appends/models';
import { anyVersion, racers } from './appends/racers';
import { killedCommands } from './commands/killed-commands';
import { repeatedCommands } from './commands/repeated-commands';
import { retriedReactors } from './commands/retried-reactors';
import { sharedAggregates } from './commands/shared-aggregates';
import { hostileInput } from './input/hostile-input';
import { interleavings } from './interleavings/interleavings';
import { killedBridges } from './nestjs-cqrs/killed-bridges';
import { killedPublishers } from './nestjs-cqrs/killed-publishers';
import { generatedSchedules } from './processes/generated-schedules';
import { killedDeadlines } from './processes/killed-deadlines';
import { frozenProcesses, killedProcesses } from './processes/killed-processes';
import { poisonedDeadlines } from './processes/poisoned-deadlines';
import { restartedInstances } from './processes/restarted-instances';
import { rolledProcesses } from './processes/rolled-processes';
import { zones } from './processes/zones';
import { backlog } from './processors/backlog';
import { cutProcessors } from './processors/cut-processors';
import { frozen } from './processors/frozen';
import { killedProcessors } from './processors/killed-processors';
import { poisoned } from './processors/poisoned';
import { processorGapsInPostgres, processorGapsInSqlite } from './processors/processor-gaps';
import { agedEvents } from './versions/aged-events';
import { deployed } from './versions/deployed';
import { rebuilt } from './versions/rebuilt';
import { schemaPairs } from './versions/schema-pairs';

const PROCESS_KILLS = { orders: 5000, kills: 60 };
const PROCESS_FREEZES = { orders: 1200, freezes: 30 };
const DEADLINE_KILLS = { instances: 2000, times: 5, every: 12_000, kills: 50 };
const DEADLINE_POISON = { poisoned: 500, healthy: 100, within: 5000 };
const PUBLISHER_KILLS = { events: 5000, kills: 40, pace: 4 };
const BRIDGE_KILLS = { events: 3000, kills: 40, pace: 4 };
const POISON = { rate: 300, aggregates: 100, poisoned: 5, duration: 30_000 };
const COMMAND_KILLS = { kills: 20, atOnce: 5 };
const DEPLOYS = { rate: 200, history: 2000, deploys: 20 };
const REBUILDS = { rate: 500, history: 20_000, rebuilds: 20 };

/** The long form of each rig, as `run.ts` knows it by name. */
const LONG_FORMS: ReadonlyMap<string, (seed: number) => Promise<Figure[]>> = new Map([
  ['models', seed => models({ memory: 10_000, sqlite: 500, postgres: 500 }, seed)],
  ['interleavings', seed => interleavings({ schedules: 10_000 }, seed)],
  ['gaps', seed => gaps({ writers: 32, duration: 10_000, stuck: 3000 }, seed)],
  ['processor-gaps-sqlite', seed => processorGapsInSqlite({ writers: 32, duration: 10_000 }, seed)],
  ['processor-gaps-postgres', seed => processorGapsInPostgres({ writers: 32, duration: 10_000, stuck: 3000 }, seed)],
  ['racers', seed => racers({ racers: 16, rounds: 200 }, seed)],
  ['any-version', seed => anyVersion({ writers: 32, streams: 10, each: 50 }, seed)],
  ['repeated-commands', seed => repeatedCommands({ racers: 16, rounds: 200 }, seed)],
  ['killed-commands-sqlite', seed => killedCommands('SQLite', COMMAND_KILLS, seed)],
  ['killed-commands-postgres', seed => killedCommands('PostgreSQL', COMMAND_KILLS, seed)],
  ['retried-reactors', seed => retriedReactors({ memory: 10_000, SQLite: 500, PostgreSQL: 500 }, seed)],
  ['shared-aggregates', seed => sharedAggregates({ commands: 40, rounds: 20, pairs: 100 }, seed)],
  ['killed-sqlite', seed => killedSqlite({ cycles: 100, writers: 32 }, seed)],
  ['killed-postgres', seed => killedPostgres({ cycles: 200, writers: 32, stopEvery: 10 }, seed)],
  ['killed-processors-sqlite', seed => killedProcessors('SQLite', { cycles: 100 }, seed)],
  ['killed-processors-postgres', seed => killedProcessors('PostgreSQL', { cycles: 200 }, seed)],
  ['killed-processes-sqlite', seed => killedProcesses('SQLite', PROCESS_KILLS, seed)],
  ['killed-processes-postgres', seed => killedProcesses('PostgreSQL', PROCESS_KILLS, seed)],
  ['killed-publishers-sqlite', seed => killedPublishers('SQLite', PUBLISHER_KILLS, seed)],
  ['killed-publishers-postgres', seed => killedPublishers('PostgreSQL', PUBLISHER_KILLS, seed)],
  ['killed-bridges-sqlite', seed => killedBridges('SQLite', BRIDGE_KILLS, seed)],
  ['killed-bridges-postgres', seed => killedBridges('PostgreSQL', BRIDGE_KILLS, seed)],
  ['frozen-processes-sqlite', seed => frozenProcesses('SQLite', PROCESS_FREEZES, seed)],
  ['frozen-processes-postgres', seed => frozenProcesses('PostgreSQL', PROCESS_FREEZES, seed)],
  ['killed-deadlines-sqlite', seed => killedDeadlines('SQLite', DEADLINE_KILLS, seed)],
  ['killed-deadlines-postgres', seed => killedDeadlines('PostgreSQL', DEADLINE_KILLS, seed)],
  ['poisoned-deadlines-sqlite', seed => poisonedDeadlines('SQLite', DEADLINE_POISON, seed)],
  ['poisoned-deadlines-postgres', seed => poisonedDeadlines('PostgreSQL', DEADLINE_POISON, seed)],
  ['restarted-instances-memory', seed => restartedInstances('memory', { restarts: 1000 }, seed)],
  ['restarted-instances-sqlite', seed => restartedInstances('SQLite', { restarts: 1000 }, seed)],
  ['restarted-instances-postgres', seed => restartedInstances('PostgreSQL', { restarts: 1000 }, seed)],
  ['rolled-processes-sqlite', seed => rolledProcesses('SQLite', { instances: 1000 }, seed)],
  ['rolled-processes-postgres', seed => rolledProcesses('PostgreSQL', { instances: 1000 }, seed)],
  ['zones', seed => zones({ from: '2025-01-01', days: 1096, restarts: 200 }, seed)],
  ['generated-schedules', seed => generatedSchedules({ memory: 10_000, SQLite: 100, PostgreSQL: 100 }, seed)],
  ['ambiguous-commits', seed => ambiguousCommits({ cuts: 200, terminated: 400 }, seed)],
  ['cut-processors', seed => cutProcessors({ cuts: 200, terminated: 400 }, seed)],
  ['frozen-sqlite', seed => frozen('SQLite', { inHandlers: 30, anywhere: 30 }, seed)],
  ['frozen-postgres', seed => frozen('PostgreSQL', { inHandlers: 30, anywhere: 30 }, seed)],
  ['poisoned-sqlite', seed => poisoned('SQLite', POISON, seed)],
  ['poisoned-postgres', seed => poisoned('PostgreSQL', POISON, seed)],
  ['rebuilt-sqlite', seed => rebuilt('SQLite', REBUILDS, seed)],
  ['rebuilt-postgres', seed => rebuilt('PostgreSQL', REBUILDS, seed)],
  ['deployed-sqlite', seed => deployed('SQLite', DEPLOYS, seed)],
  ['deployed-postgres', seed => deployed('PostgreSQL', DEPLOYS, seed)],
  ['aged-events-sqlite', seed => agedEvents('SQLite', { rate: 200, deploys: 20 }, seed)],
  ['aged-events-postgres', seed => agedEvents('PostgreSQL', { rate: 200, deploys: 20 }, seed)],
  ['schema-pairs', seed => schemaPairs({ pairs: 300, samples: 1000 }, seed)],
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
