import { defineEvent, type EventStore, eventCatalog } from 'eventuality';
import { as, upcaster } from 'eventuality/upcasting';
import { lineOf } from '../../../src/tools/cli/findings';
import { storedEvents } from '../../../src/tools/cli/schema/stored-events';
import { withStores } from '../../support/stores/stores';
import { TESTED } from '../../support/stores/tested';

const renamed = defineEvent('renamed', { version: 2, upcast: { 1: ({ text }) => ({ title: text.trim() }) } });
const old = upcaster('old', { from: 1, to: renamed }, data => as(renamed, 1, data));
const catalog = eventCatalog({ events: [renamed], upcasters: [old] });

async function fill(
  store: EventStore,
  name: string,
  schemaVersion: number,
  payloads: readonly object[],
): Promise<void> {
  const stream = { aggregateName: 'Note', aggregateId: `${name} ${schemaVersion}` };
  for (let start = 0; start < payloads.length; start += 500) {
    const events = payloads.slice(start, start + 500).map(payload => ({ name, schemaVersion, payload }));
    await store.append([{ stream, expected: start, events }]);
  }
}

test.each(TESTED)('every stored event is read, page by page, and what cannot be is counted: %s', async place => {
  await withStores(place, 1, async ([store]) => {
    const texts = Array.from({ length: 2100 }, (_, index) => ({ text: `${index}` }));
    await fill(store!, 'renamed', 1, texts);
    await fill(store!, 'renamed', 2, [{ title: 'a' }]);
    await fill(store!, 'old', 1, [{ text: 'a' }, { wrong: true }, { text: 'b' }]);
    await fill(store!, 'old', 2, [{}]);
    await fill(store!, 'renamed', 3, [{}]);
    await fill(store!, 'unheard of', 1, [{}, {}]);
    const { kinds, findings } = await storedEvents(store!, catalog);
    expect(kinds).toEqual([
      { name: 'old', version: 1, count: 3 },
      { name: 'old', version: 2, count: 1 },
      { name: 'renamed', version: 1, count: 2100 },
      { name: 'renamed', version: 2, count: 1 },
      { name: 'renamed', version: 3, count: 1 },
      { name: 'unheard of', version: 1, count: 2 },
    ]);
    expect(findings.map(lineOf)).toEqual([
      expect.stringMatching(
        /^error: old: 1 of 3 stored in version 1 cannot be read, the first at position 2103, event [0-9a-f-]{36}, version 2 of Note 'old 1': The step from version 1 of the event 'renamed' has thrown an error: Cannot read properties of undefined \(reading 'trim'\)\.$/,
      ),
      expect.stringMatching(
        /^error: old: 1 stored in version 2 cannot be read, the first at position 2105, event .* of Note 'old 2': no upcaster takes version 2\. Add one\.$/,
      ),
      expect.stringMatching(
        /^error: renamed: 1 stored in version 3 cannot be read, .*: An event 'renamed' is stored in version 3, /,
      ),
      expect.stringMatching(
        /^error: unheard of: 2 stored in version 1 cannot be read, the first at position 2107, .*: nothing in the code knows this name\. Add the event to 'events' of the config, or an upcaster\.$/,
      ),
    ]);
    const [first] = await store!.readAll({ after: 2102n, limit: 1 });
    expect(findings[0]!.stored).toEqual({
      ...{ position: '2103', aggregateName: 'Note', aggregateId: 'old 1', version: 2, id: first!.id },
    });
  });
});

test('a store that cannot be read is wrong use', async () => {
  await withStores('memory', 1, async ([store]) => {
    await store!.close();
    await expect(storedEvents(store!, catalog)).rejects.toThrow('The store cannot be read: ');
  });
});
