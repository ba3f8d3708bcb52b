import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bootstrap, defineAggregate, defineProjection, eventCatalog, Flow, InMemoryEventStore } from 'eventuality';
import { postgres } from 'eventuality/postgres';
import { defineProcess } from 'eventuality/processes';
import { sqlite } from 'eventuality/sqlite';

const DOCS = join(__dirname, '../../docs');
const NO_OPTION: any = { unheardOf: 1 };

/** The options that a table on a page of the docs lists, found by the head of its first column. */
function documented(page: string, head: string): string[] {
  const lines = readFileSync(join(DOCS, page), 'utf8').split('\n');
  const first = lines.findIndex(line => line.startsWith(`| ${head} |`)) + 2;
  const end = lines.findIndex((line, place) => place >= first && !line.startsWith('|'));
  const cells = lines.slice(first, end).map(line => line.split(' | ')[0]!);
  return cells.flatMap(cell => Array.from(cell.matchAll(/`([^`]+)`/g), ([, name]) => name!)).sort();
}

/** The options that a call knows: it says so when it is given one that there is none of. */
async function known(call: () => unknown): Promise<string[]> {
  try {
    await call();
  } catch (error) {
    const fault = (error as { faults: readonly string[] }).faults.find(each => each.includes("'unheardOf'"));
    return /Known: (.*)\.$/.exec(fault!)![1]!.split(', ').sort();
  }
  throw new Error('It was accepted.');
}

class AnyModule {}
const flow = () => new Flow({ eventStore: new InMemoryEventStore() });
const on = { Opened: () => undefined };
const PROCESS = { name: 'list', correlate: () => 'x', state: {}, starts: on };

test.each([
  ['dispatch', 'guide.md', 'Option', () => flow().dispatch({ name: 'Open', message: {} }, NO_OPTION)],
  ['bootstrap', 'guide.md', 'Option of `bootstrap`', () => bootstrap(AnyModule, NO_OPTION)],
  ['projections', 'projections.md', 'Option', () => defineProjection({ name: 'list', on, ...NO_OPTION })],
  ['processes', 'processes.md', 'Option', () => defineProcess({ ...PROCESS, ...NO_OPTION })],
  ['snapshots', 'snapshots.md', 'Option', () => defineAggregate({ name: 'A', state: {}, snapshot: NO_OPTION })],
  ['the config', 'schema-lock.md', 'Key of the config', () => eventCatalog(NO_OPTION)],
  ['postgres', 'postgres.md', 'Option', () => postgres(NO_OPTION)],
  ['sqlite', 'sqlite.md', 'Option', () => sqlite(':memory:', NO_OPTION)],
])('the table of the options of %s lists each of them, and no other', async (_, page, head, call) => {
  expect(documented(page, head)).toEqual(await known(call));
});
