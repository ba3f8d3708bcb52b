// Folding 10,000 stored events: what the reader of stored events costs, a step for each event, and codecs; and what it costs to
// validate a command.
import { performance } from 'node:perf_hooks';
import { agedEvents, EVENTS } from '../lib/aged-events.js';
import { check } from '../lib/check.js';
import { versions } from '../lib/eventuality.js';
import { validatedCommands } from '../lib/validated-commands.js';

const common = { group: 'w15', unit: 'events/s', prepare };

const contenders = (entries, make = agedEvents) =>
  entries.map(([id, title]) => ({ id, title, versions, workloads: { w15: () => make(id) } }));

export default [
  {
    ...{ ...common, id: 'w15-steps', order: 150, references: ['bare'] },
    title: 'fold 10,000 stored events of an event with two versions',
    contenders: contenders([
      ['bare', 'without the reader of stored events'],
      ['current', 'of the current version, through the reader'],
      ['step', 'of version 1, one step each'],
    ]),
  },
  {
    ...{ ...common, id: 'w15-codecs', order: 151, references: ['byHand'] },
    title: 'fold 10,000 stored events with a value object and a date',
    contenders: contenders([
      ['byHand', 'a codec for the whole event, written by hand'],
      ['codecs', 'codecs by field'],
    ]),
  },
  {
    ...{ group: 'w15', id: 'w15-validation', order: 152, unit: 'commands/s', prepare: prepareCommands },
    references: ['bare'],
    title: 'a command of four fields in memory, with a schema of zod and without',
    contenders: contenders(
      [
        ['bare', 'without a schema'],
        ['types', 'validated by zod: the types'],
        ['bounds', 'validated by zod: the types, six bounds, and whether a number is an integer'],
      ],
      validatedCommands,
    ),
  },
];

/** @param app `{ load() }`, which returns how many events were folded */
async function prepare(app, { quick }) {
  const loads = quick ? 50 : 200;
  return async function round() {
    const start = performance.now();
    let folded = 0;
    for (let load = 0; load < loads; load++) folded += await app.load();
    const seconds = (performance.now() - start) / 1000;
    check(folded === loads * EVENTS, `${folded} events were folded, not ${loads * EVENTS}`);
    return { operations: folded, seconds };
  };
}

/** @param app `{ seed(ids), note(id), end(ids) }`, see `validatedCommands` */
async function prepareCommands(app, { quick }) {
  const batches = quick ? 20 : 60;
  const lists = Array.from({ length: 1000 }, (_, n) => `list-${n}`);
  return async function round() {
    let seconds = 0;
    for (let batch = 0; batch < batches; batch++) {
      await app.seed(lists);
      const start = performance.now();
      for (const id of lists) await app.note(id);
      seconds += (performance.now() - start) / 1000;
      await app.end(lists);
    }
    return { operations: batches * lists.length, seconds };
  };
}
