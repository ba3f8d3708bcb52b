// Folding 10,000 stored events: what the reader of stored events costs, a step for each event, and codecs.
import { performance } from 'node:perf_hooks';
import { agedEvents, EVENTS } from '../lib/aged-events.js';
import { check } from '../lib/check.js';
import { versions } from '../lib/eventuality.js';

const common = { group: 'w15', unit: 'events/s', prepare };

const contenders = entries =>
  entries.map(([id, title]) => ({ id, title, versions, workloads: { w15: () => agedEvents(id) } }));

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
