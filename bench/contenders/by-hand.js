// JavaScript written by hand for this one domain, with the same envelopes (id, time, position, metadata, frozen): the limit.
// Its store is called without awaiting it, which a store on a disk could not be.
import { handWritten, noOpMap } from '../lib/by-hand.js';
import { batchLoop } from '../lib/postgres/batch-loop.js';
import { versions } from '../lib/postgres/by-hand.js';

export default {
  id: 'by-hand',
  order: 20,
  title: 'by hand',
  versions: group => (group === 'w7' ? versions() : {}),
  workloads: {
    w1: () => handWritten(),
    w2: () => noOpMap(),
    w3: options => handWritten({ every: options.every }),
    w7: options => batchLoop(options),
    w9a: () => ({ specifier: 'data:text/javascript,' }),
  },
};
