// The same by hand, with a store whose read and append are awaited, as a store on a disk must be.
import { handWritten } from '../lib/by-hand.js';

export default {
  id: 'by-hand-async',
  order: 21,
  title: 'by hand, store awaited',
  workloads: { w1: () => handWritten({ awaited: true }) },
};
