// This framework with the cache of hot aggregates on.
import { bootstrapped, versions } from '../lib/eventuality.js';

export default {
  id: 'eventuality-cache',
  order: 2,
  title: 'eventuality, cache on',
  versions,
  workloads: { w1: () => bootstrapped({ cache: { max: 1_000 } }) },
};
