// A projection by hand, over the events of eventuality/sqlite: 1,000 events at a time, one transaction for their documents and the checkpoint.
import Database from 'better-sqlite3';
import { seed } from '../projection.js';
import { fold } from '../story.js';
import { openStore } from './eventuality.js';
import { documentsIn } from './file.js';

const TABLES = `
create table todos (id text primary key, document text not null) strict;
create table checkpoint (position integer not null) strict`;

const EVENTS = `select position, aggregate_id as id, name, payload from events join streams using (stream)
where position > ? order by position limit 1000`;

export async function batchLoop(options) {
  const { file, open } = await openStore(options);
  let loop;
  return {
    async seed(batches) {
      const store = open();
      await seed(store, batches);
      await store.close();
      loop = loopOver(file);
    },
    reset: async () => loop.reset(),
    catchUp: async () => loop.catchUp(),
    documents: documentsIn(file, 'todos'),
  };
}

function loopOver(file) {
  const database = new Database(file);
  database.pragma('synchronous = full');
  database.exec(TABLES);
  const events = database.prepare(EVENTS);
  const [read, place] = ['select document from todos where id = ?', 'select position from checkpoint'].map(text =>
    database.prepare(text).pluck(),
  );
  const write = database.prepare(
    'insert into todos (id, document) values (?, ?) on conflict (id) do update set document = excluded.document',
  );
  const move = database.prepare('update checkpoint set position = ?');
  const before = id => {
    const document = read.get(id);
    return document && JSON.parse(document);
  };
  const handle = database.transaction(page => {
    const documents = new Map();
    for (const { id, name, payload } of page) {
      documents.set(id, fold(documents.get(id) ?? before(id), { name, payload: JSON.parse(payload) }));
    }
    for (const [id, document] of documents) write.run(id, JSON.stringify(document));
    move.run(page.at(-1).position);
  }).immediate;
  return {
    reset: () =>
      database.exec('delete from todos; delete from checkpoint; insert into checkpoint (position) values (0)'),
    catchUp() {
      for (let page = events.all(place.get()); page.length > 0; page = events.all(page.at(-1).position)) handle(page);
    },
  };
}
