// pgbench runs the statement of the contender by hand: what the server can do when the client costs next to nothing.
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { percentiles } from '../in-flight.js';
import { describe } from '../todo.js';
import { STATEMENT, TABLES } from './by-hand.js';
import { IDLE, once, ownSchema } from './server.js';

const SPARE = 34;

export const versions = () => ({ pgbench: execFileSync(program(), ['--version'], { encoding: 'utf8' }).split(' ')[2] });

/** Keeps its own operations in flight, one per connection. */
export async function pgbench(options) {
  const binary = program();
  const { concurrency, connections } = options;
  if (concurrency + SPARE > connections) {
    throw new Error(
      `it takes a connection for each operation in flight, ${concurrency}; the server has ${connections} for all`,
    );
  }
  const { url } = await ownSchema(options);
  await once(url, TABLES);
  const target = url.replaceAll('+', '%20');
  return {
    count: async () => Number((await once(url, 'select count(*) from events'))[0].count),
    async drive(seconds) {
      // The pools of the others close what they no longer need.
      await sleep(IDLE + 200);
      return run(binary, target, concurrency, seconds);
    },
  };
}

async function run(binary, target, concurrency, seconds) {
  const folder = mkdtempSync(join(tmpdir(), 'eventuality-bench-pgbench-'));
  try {
    writeFileSync(join(folder, 'append.sql'), script());
    const options = [
      '-n',
      '-M',
      'prepared',
      '-c',
      String(concurrency),
      '-j',
      String(Math.min(2, concurrency)),
      '-T',
      String(seconds),
    ];
    const log = ['-l', `--log-prefix=${join(folder, 'log')}`];
    const { stdout, stderr } = await promisify(execFile)(binary, [
      ...options,
      ...log,
      '-f',
      join(folder, 'append.sql'),
      target,
    ]);
    const operations = Number(/transactions actually processed: (\d+)/.exec(stdout)?.[1]);
    const rate = Number(/tps = ([\d.]+)/.exec(stdout)?.[1]);
    if (!(operations > 0 && rate > 0)) throw new Error(`pgbench gave no figures: ${lastLine(stderr || stdout)}`);
    return {
      operations,
      seconds: operations / rate,
      metrics: percentiles(latencies(folder)),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const lastLine = text => text.trim().split('\n').at(-1);

/** Streams are new because their numbers are random; ids are made by the server, pgbench has none. */
function script() {
  const values = {
    $1: `('todo-' || :stream)`,
    $2: '0',
    $3: 'gen_random_uuid()',
    $4: `'TodoCreated'`,
    $5: `'${JSON.stringify({ description: describe('todo-1000000') })}'`,
    $6: `'${JSON.stringify({ correlationId: ID, causationId: ID, commandName: 'Todo' })}'`,
  };
  const statement = STATEMENT.replaceAll(/\$\d/g, parameter => values[parameter]).replaceAll('\n', ' ');
  return `\\set stream random(1, 4000000000000000)\n${statement};\n`;
}

const ID = '01890a5d-ac96-774b-bcce-b302099a8057';

/** The third column of pgbench's log is the latency in microseconds. */
function latencies(folder) {
  return readdirSync(folder)
    .filter(name => name.startsWith('log'))
    .flatMap(name => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n'))
    .map(line => Number(line.split(' ')[2]) / 1000);
}

function program() {
  const installed = '/usr/lib/postgresql';
  const candidates = ['pgbench', ...versionsIn(installed).map(version => join(installed, version, 'bin/pgbench'))];
  const found = candidates.find(candidate => {
    try {
      execFileSync(candidate, ['--version'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  });
  if (!found) throw new Error('there is no pgbench on the PATH or in /usr/lib/postgresql/*/bin');
  return found;
}

function versionsIn(folder) {
  try {
    return readdirSync(folder).sort((a, b) => Number(b) - Number(a));
  } catch {
    return [];
  }
}
