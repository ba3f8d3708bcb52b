// What a process manager does, by hand: pages of 1,000 events, one transaction for what they lead to.
import Database from 'better-sqlite3';
import { newId } from '../../../dist/index.js';
import { place } from '../processes.js';
import { openStore } from './eventuality.js';

const HOUR = 3_600_000;

const TABLES = `
create table own_instances (id text primary key, document text not null) strict;
create table own_inputs (entry integer primary key, event_id text not null unique, instance text not null, position integer not null) strict;
create table own_outputs (entry integer primary key, id text not null unique, instance text not null, command text not null, outcome text) strict;
create index own_pending on own_outputs (instance) where outcome is null;
create table own_deadlines (instance text not null, key text not null, due_at integer not null, content text not null, primary key (instance, key)) strict;
create index own_due on own_deadlines (due_at);
create table own_confirmations (id text primary key, command_id text not null unique, payload text not null) strict;
create table own_checkpoint (position integer not null) strict;
insert into own_checkpoint (position) values (0)`;

const EVENTS = `select position, events.id as event_id, aggregate_id as id, payload from events join streams using (stream)
where position > ? and name = 'OrderPlaced' order by position limit 1000`;

export async function byHand(options) {
  const { file, open } = await openStore(options);
  let loop;
  return {
    async place(first, count) {
      const store = open();
      await place(store, first, count);
      await store.close();
      loop ??= loopOver(file);
    },
    catchUp: async () => loop.catchUp(),
    done: async () => loop.done(),
  };
}

function loopOver(file) {
  const database = new Database(file);
  database.pragma('synchronous = full');
  database.exec(TABLES);
  const [instance, input, output, deadline, effect, outcome, move] = [
    'insert into own_instances (id, document) values (?, ?)',
    'insert into own_inputs (event_id, instance, position) values (?, ?, ?)',
    'insert into own_outputs (id, instance, command) values (?, ?, ?)',
    "insert into own_deadlines (instance, key, due_at, content) values (?, 'payment', ?, '{}')",
    'insert into own_confirmations (id, command_id, payload) values (?, ?, ?)',
    "update own_outputs set outcome = 'done' where id = ?",
    'update own_checkpoint set position = ?',
  ].map(text => database.prepare(text));
  const events = database.prepare(EVENTS);
  const place = database.prepare('select position from own_checkpoint').pluck();
  const count = table => database.prepare(`select count(*) from ${table}`).pluck().get();
  const handle = database.transaction(page => {
    for (const { position, event_id, id, payload } of page) {
      const command = newId();
      instance.run(id, payload);
      input.run(event_id, id, position);
      output.run(command, id, payload);
      deadline.run(id, Date.now() + HOUR);
      effect.run(id, command, payload);
      outcome.run(command);
    }
    move.run(page.at(-1).position);
  }).immediate;
  return {
    catchUp() {
      for (let page = events.all(place.get()); page.length > 0; page = events.all(page.at(-1).position)) handle(page);
    },
    done: () => ({ confirmed: count('own_confirmations'), waiting: count('own_deadlines') }),
  };
}
